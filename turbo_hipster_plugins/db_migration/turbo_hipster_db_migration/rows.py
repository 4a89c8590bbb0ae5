"""How many rows each table has: what a schema does not tell."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from turbo_hipster.exceptions import CannotJudge
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.schema.model import BOOKKEEPING

MARIADB = """
    SELECT table_name, CONCAT('`', REPLACE(table_name, '`', '``'), '`')
    FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'
"""
TABLES = {
    # not virtual ones: what makes them may be missing here
    "sqlite": """
        SELECT name, '"' || replace(name, '"', '""') || '"'
        FROM sqlite_master
        WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        AND sql NOT LIKE 'CREATE VIRTUAL %'
    """,
    # the rows of a partition are counted with its table
    "postgresql": """
        SELECT CASE nspname WHEN 'public' THEN relname
                            ELSE nspname || '.' || relname END,
               format('%I.%I', nspname, relname)
        FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE relkind IN ('r', 'p') AND NOT relispartition
        AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
    """,
    "mariadb": MARIADB,
    "mysql": MARIADB,
}
"""Queries by engine: each table's name, and how to write it in SQL."""

OTHER = """
    SELECT table_name, '"' || replace(table_name, '"', '""') || '"'
    FROM information_schema.tables WHERE table_type = 'BASE TABLE'
"""
"""The same as the SQL standard has it."""

MARIADB_WAITS = "SET SESSION lock_wait_timeout = 30"
WAITS = {
    "postgresql": "SET lock_timeout = '30s'",
    "mariadb": MARIADB_WAITS,
    "mysql": MARIADB_WAITS,
}
"""How long a lock is waited for; else that is a day, or for ever."""


class Unreadable(CannotJudge):
    """A table cannot be read: somebody has it locked."""


def count(server: Server) -> Mapping[str, int]:
    """Count the rows of each table, except those of migration tools.

    Raises Unreadable.
    """
    with (
        contextlib.closing(server.connect()) as connection,
        contextlib.closing(connection.cursor()) as cursor,
    ):
        if server.engine.name in WAITS:
            cursor.execute(WAITS[server.engine.name])
        try:
            return _counted(cursor, TABLES.get(server.engine.name, OTHER))
        except connection.Error as error:
            raise Unreadable(f"a table cannot be read: {error}") from error


def _counted(cursor: Any, tables: str) -> Mapping[str, int]:
    cursor.execute(tables)
    found = {}
    for name, quoted in cursor.fetchall():
        if name not in BOOKKEEPING:
            cursor.execute(f"SELECT COUNT(*) FROM {quoted}")  # noqa: S608
            found[name] = int(cursor.fetchone()[0])
    return found
