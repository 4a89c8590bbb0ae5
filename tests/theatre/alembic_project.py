"""The smallest project whose schema Alembic steps."""

ENV = """
import os
import sqlalchemy
from alembic import context

engine = sqlalchemy.create_engine(os.environ["DATABASE_URL"])
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
FILES = {
    "requirements.txt": "alembic>=1.13\nSQLAlchemy>=2\n",
    "alembic.ini": "[alembic]\nscript_location = migrations\n",
    "migrations/env.py": ENV,
}
