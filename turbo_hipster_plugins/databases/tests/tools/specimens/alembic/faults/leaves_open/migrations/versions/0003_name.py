import os

import sqlalchemy as sa

revision = "c3"
down_revision = "b2"

engine = sa.create_engine(os.environ["DATABASE_URL"])
kept = []


def upgrade():
    connection = engine.connect()
    kept.append(connection)
    connection.begin()
    connection.execute(sa.text("UPDATE people SET name = 'Eve'"))
