from alembic import op

revision = "c3"
down_revision = "b2"


def upgrade():
    op.create_index("ix_people_name", "people", ["name"])
