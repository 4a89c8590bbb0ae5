"""people have an age"""

import sqlalchemy as sa
from alembic import op

revision = "d4"
down_revision = "b2"


def upgrade():
    op.add_column("people", sa.Column("age", sa.Integer))


def downgrade():
    with op.batch_alter_table("people") as table:
        table.drop_column("age")
