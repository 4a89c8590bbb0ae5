"""PostgreSQL shows at once what a step counted, not seconds later.

A session keeps its counts of rows for up to ten seconds; who measures from
another one would lay them to a later step.  From version 15 on it can be
told to show them when the transaction ends, and nobody else can tell it.
"""

from typing import Any

SHOW = "SELECT pg_stat_force_next_flush()"
FIRST = 15


def sqlalchemy() -> None:
    """Show what each transaction of SQLAlchemy counted."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    event.listen(Engine, "commit", before_commit)


def before_commit(connection: Any) -> None:
    """Show it at the end of the transaction that is about to commit."""
    version = getattr(connection.dialect, "server_version_info", None) or (0,)
    if connection.dialect.name == "postgresql" and version[0] >= FIRST:
        _say(connection.connection.cursor())


def django() -> None:
    """Show what Django's connection counted, outside a transaction."""
    from django.db import connection

    if (
        connection.vendor == "postgresql"
        and connection.connection is not None
        and not connection.in_atomic_block
        and connection.pg_version >= FIRST * 10000
    ):
        _say(connection.connection.cursor())


def _say(cursor: Any) -> None:
    try:
        cursor.execute(SHOW)
    except Exception:  # a failed transaction has nothing to show
        return
    finally:
        cursor.close()
