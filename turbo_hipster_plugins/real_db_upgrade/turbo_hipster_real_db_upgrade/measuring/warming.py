"""Warming: what a step is timed on is read once before.

A clone's first reader pays for things that production has paid for long ago:
an overlay copies the file of a table when it is opened, and a file that was
cloned by reference is not in memory yet.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from turbo_hipster_databases.engine import Server


def warm(server: Server, tables: Sequence[str]) -> None:
    """Read these tables from beginning to end."""
    mark = "`" if server.engine.name in ("mariadb", "mysql") else '"'
    with contextlib.closing(server.connect()) as connection:
        for table in tables:
            _read(connection, table, mark)


def _read(connection: Any, table: str, mark: str) -> None:
    name = ".".join(
        mark + part.replace(mark, mark * 2) + mark
        for part in table.split(".", 1)
    )
    cursor = connection.cursor()
    try:
        cursor.execute(f"SELECT COUNT(*) FROM {name}")  # noqa: S608 - quoted
        cursor.fetchall()
    finally:
        cursor.close()
