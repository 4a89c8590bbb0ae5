"""What a probe does on each engine: the locks of a client, and no change."""

from __future__ import annotations

from typing import Any

from turbo_hipster_real_db_upgrade.probing.clients.contract import Client


def client(engine: str, place: dict[str, Any]) -> Client:
    """Return a client of that engine, not connected yet.

    ``place`` is what ``probes.place`` says of the server.  Only the one
    driver that is needed is imported.
    """
    if engine == "sqlite":
        from turbo_hipster_real_db_upgrade.probing.clients import sqlite

        return sqlite.SQLiteClient(place)
    if engine == "postgresql":
        from turbo_hipster_real_db_upgrade.probing.clients import postgresql

        return postgresql.PostgreSQLClient(place)
    from turbo_hipster_real_db_upgrade.probing.clients import mariadb

    return mariadb.MariaDBClient(place)
