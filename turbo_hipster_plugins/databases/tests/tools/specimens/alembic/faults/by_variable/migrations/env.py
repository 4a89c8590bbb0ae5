import os

from alembic import context
from sqlalchemy import create_engine

engine = create_engine(os.environ["APP_DATABASE"])
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
