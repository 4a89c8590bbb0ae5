"""How many rows each table has: what a schema does not tell."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

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


def count(server: Server) -> Mapping[str, int]:
    """Count the rows of each table, except those of migration tools."""
    with (
        contextlib.closing(server.connect()) as connection,
        contextlib.closing(connection.cursor()) as cursor,
    ):
        cursor.execute(TABLES.get(server.engine.name, OTHER))
        found = {}
        for name, quoted in cursor.fetchall():
            if name not in BOOKKEEPING:
                cursor.execute(f"SELECT COUNT(*) FROM {quoted}")  # noqa: S608
                found[name] = int(cursor.fetchone()[0])
        return found
