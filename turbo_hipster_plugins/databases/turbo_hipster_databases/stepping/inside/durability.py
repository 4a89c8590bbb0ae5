"""SQLite need not wait for the disk: the data of a build are thrown away.

The servers of the other engines are started so; SQLite has no server, so
each connection is told.  What a killed process wrote stays written.
"""

from typing import Any

PRAGMA = "PRAGMA synchronous=OFF"


def sqlalchemy() -> None:
    """Tell each new connection of SQLAlchemy."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        if "sqlite" in type(connection).__module__:
            cursor = connection.cursor()
            cursor.execute(PRAGMA)
            cursor.close()


def django() -> None:
    """Tell each new connection of Django."""
    from django.db.backends.signals import connection_created

    connection_created.connect(_created, weak=False)


def _created(connection: Any, **_: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.execute(PRAGMA).close()
