"""Queries and statements, the same over each driver."""

from __future__ import annotations

import contextlib
from typing import Any


def rows(connection: Any, query: str) -> list[tuple[Any, ...]]:
    """Return all rows of an answer."""
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute(query)
        return [tuple(row) for row in cursor.fetchall()]


def number(connection: Any, query: str) -> int:
    """Return the one number of an answer; 0 for NULL."""
    ((found,),) = rows(connection, query)
    return int(found or 0)


def execute(connection: Any, statement: str) -> int:
    """Execute a statement; returns the rows that it changed."""
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute(statement)
        return max(0, int(cursor.rowcount or 0))
