"""The tables that a step touches, as its own statements name them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

WORD = r"[A-Za-z0-9_$\u0080-\uffff]"
"""What may be part of a name without quotes."""

LISTS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'"
    " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    "postgresql": "SELECT CASE WHEN schemaname = current_schema()"
    " THEN tablename ELSE schemaname || '.' || tablename END FROM pg_tables"
    " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    "mariadb": "SELECT table_name FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
}


def tables(engine: str, connection: Any) -> tuple[str, ...]:
    """Return the plain names of all tables."""
    cursor = connection.cursor()
    try:
        cursor.execute(LISTS.get(engine, LISTS["mariadb"]))
        return tuple(sorted(str(row[0]) for row in cursor.fetchall()))
    finally:
        cursor.close()


def touched(
    statements: Iterable[str], known: Collection[str]
) -> tuple[str, ...]:
    """Return those of the known tables that a statement names.

    A name in a comment or a text counts too: a table too many is probed for
    nothing, one too few would hide what it blocks.
    """
    text = "\n".join(statements)
    found = []
    for table in known:
        name = re.escape(table.rpartition(".")[2])
        if re.search(f"(?<!{WORD}){name}(?!{WORD})", text, re.IGNORECASE):
            found.append(table)
    return tuple(sorted(found))
