"""History's own schema, brought up to date when history is opened."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import alembic.command
import alembic.config
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from turbo_hipster_databases.exceptions import HistoryUnusable

LOCK = 7_205_759_403
"""Number of the advisory lock; any that nobody else uses."""

LOCK_NAME = "turbo_hipster_history"
PATIENCE = 60
"""Seconds to wait for another build that is at it."""


def configuration() -> alembic.config.Config:
    """Return what Alembic has to know of our migrations."""
    config = alembic.config.Config()
    folder = files("turbo_hipster_databases.history") / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    return config


def bring_up_to_date(engine: sa.Engine) -> None:
    """Run the migrations that are missing; of several builds, one does.

    Raises HistoryUnusable for a schema that is newer than this library, and
    what SQLAlchemy raises.
    """
    config = configuration()
    scripts = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        if _is_newest(connection, scripts):
            return
    with _alone(engine), engine.connect() as connection:
        if _is_newest(connection, scripts):
            return
        connection.rollback()  # each migration has a transaction of its own
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")
        connection.commit()


def _is_newest(connection: sa.Connection, scripts: ScriptDirectory) -> bool:
    heads = MigrationContext.configure(connection).get_current_heads()
    known = {script.revision for script in scripts.walk_revisions()}
    for head in heads:
        if head not in known:
            raise HistoryUnusable(
                f"its schema is at {head}, which this release does not know: "
                "a newer turbo-hipster-databases made it. Upgrade this one"
            )
    return set(heads) == set(scripts.get_heads())


@contextlib.contextmanager
def _alone(engine: sa.Engine) -> Iterator[None]:
    """Keep all others out; a lock that its holder's death sets free."""
    kind = engine.dialect.name
    if kind == "sqlite":
        file = engine.url.database or ""
        if file in ("", ":memory:"):
            yield
            return
        with Path(f"{file}.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        return
    with engine.connect() as connection:
        if kind == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_lock(LOCK)))
        else:
            got = connection.scalar(
                sa.select(sa.func.get_lock(LOCK_NAME, PATIENCE))
            )
            if got != 1:
                raise HistoryUnusable(
                    f"another process has been at its schema for {PATIENCE} "
                    "seconds"
                )
        yield
