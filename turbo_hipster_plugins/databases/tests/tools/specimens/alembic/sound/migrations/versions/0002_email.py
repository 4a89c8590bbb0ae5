"""people have an address"""

import sqlalchemy as sa
from alembic import op

revision = "b2"
down_revision = "a1"


def upgrade():
    op.execute("INSERT INTO people (id, name) VALUES (1, 'Ada')")
    op.add_column("people", sa.Column("email", sa.String(60)))
    op.execute("UPDATE people SET email = 'ada@example.org'")


def downgrade():
    op.execute("DELETE FROM people")
    with op.batch_alter_table("people") as table:
        table.drop_column("email")
