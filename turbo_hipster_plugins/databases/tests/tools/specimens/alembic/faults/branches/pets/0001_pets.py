"""pets come"""

import sqlalchemy as sa
from alembic import op

revision = "p1"
down_revision = None
branch_labels = ("pets",)
depends_on = "c3"


def upgrade():
    op.create_table(
        "pets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("owner", sa.Integer, sa.ForeignKey("people.id")),
    )


def downgrade():
    op.drop_table("pets")
