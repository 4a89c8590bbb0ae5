"""Run by Alembic: on the connection we gave it, or on the URL it has."""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import context

from turbo_hipster_databases.history.tables import METADATA


def run(connection: sa.Connection) -> None:
    """Run what was asked for."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        transaction_per_migration=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = os.environ.get("DATABASE_URL") or context.config.get_main_option(
        "sqlalchemy.url"
    )
    engine = sa.create_engine(url or "", poolclass=sa.NullPool)
    with engine.connect() as connection:
        run(connection)
