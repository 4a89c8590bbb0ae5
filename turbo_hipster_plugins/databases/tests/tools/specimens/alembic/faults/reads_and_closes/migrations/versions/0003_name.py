import os

import sqlalchemy as sa
from alembic import op

revision = "c3"
down_revision = "b2"

engine = sa.create_engine(os.environ["DATABASE_URL"])


def upgrade():
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT count(*) FROM people"))
    op.create_index("ix_people_name", "people", ["name"])
