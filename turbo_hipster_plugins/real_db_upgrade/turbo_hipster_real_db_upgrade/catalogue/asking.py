"""Queries and statements, the same over each driver."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Any

import psycopg
import pymysql

ERRORS = (sqlite3.Error, pymysql.err.Error, psycopg.Error)
"""What a statement that fails raises."""


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


def code(error: Exception) -> str:
    """Return the engine's own code of an error, without any value in it."""
    found = getattr(error, "sqlstate", None) or getattr(
        error, "sqlite_errorname", None
    )
    if not found and error.args and isinstance(error.args[0], int):
        found = str(error.args[0])
    return str(found or type(error).__name__)


def line(error: Exception) -> str:
    """Return the first line that an engine says."""
    text = str(error.args[-1] if error.args else error)
    return text.strip().split("\n")[0]
