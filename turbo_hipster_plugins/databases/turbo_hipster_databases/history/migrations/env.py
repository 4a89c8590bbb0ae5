"""Run by Alembic: on the connection we gave it, or on the URL it has."""

from __future__ import annotations

import os

import sqlalchemy as sa
from alembic import context

from turbo_hipster_databases.history.tables import METADATA


def run(connection: sa.Connection) -> None:
    """Run what was asked for, each migration whole or not at all."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # Python's driver would commit each CREATE by itself
        dbapi_connection = connection.connection.dbapi_connection
        assert dbapi_connection is not None
        dbapi_connection.isolation_level = None
        sa.event.listen(connection, "begin", begin)
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        transaction_per_migration=True,
        transactional_ddl=True if sqlite else None,
        render_as_batch=sqlite,
    )
    with context.begin_transaction():
        context.run_migrations()


def begin(connection: sa.Connection) -> None:
    """Begin a transaction that takes what changes the schema in, too."""
    connection.exec_driver_sql("BEGIN")


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
