"""A client of SQLite."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

from turbo_hipster_real_db_upgrade.probing.clients.contract import (
    Client,
    Failed,
    Gone,
    Point,
)

PAUSE = 0.001
"""Seconds between two tries for a lock; SQLite's own waiting is far coarser
than what is to be measured."""

BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class SQLiteClient(Client):
    """Reads, and takes a writer's lock: BEGIN IMMEDIATE."""

    def connect(self) -> None:
        """Connect."""
        self._over = threading.Event()
        self._connection = sqlite3.connect(
            self.place["path"],
            isolation_level=None,
            timeout=0,
            check_same_thread=False,
        )

    def close(self) -> None:
        """Disconnect; who waits for a lock gives up."""
        self._over.set()
        self._connection.interrupt()

    def point(self, table: str, *, last: bool = False) -> Point:
        """Return the row with the smallest key, or the largest."""
        quoted = _quoted(table)
        told = self._patiently(f"PRAGMA table_info({quoted})")
        key = [
            row[1] for row in sorted(told, key=lambda row: row[5]) if row[5]
        ]
        if not key:
            return Point(quoted)
        columns = ", ".join(map(_quoted, key))
        order = ", ".join(
            _quoted(column) + (" DESC" if last else "") for column in key
        )
        rows = self._patiently(
            f"SELECT {columns} FROM {quoted} ORDER BY {order} LIMIT 1"  # noqa: S608
        )
        if not rows:
            return Point(quoted)
        where = " AND ".join(f"{_quoted(column)} = ?" for column in key)
        return Point(quoted, f" WHERE {where}", tuple(rows[0]))

    def read(self, point: Point) -> None:
        """Read the row."""
        self._patiently(_select(point), point.values)

    def write(self, point: Point) -> None:
        """Take the lock that one writer has, and let it go."""
        self._patiently("BEGIN IMMEDIATE")
        self.undo()

    def begin(self) -> None:
        """Begin; the lock comes with the first read."""
        self._patiently("BEGIN")

    def read_on(self, point: Point) -> None:
        """Read."""
        self.read(point)

    def write_on(self, point: Point) -> None:
        """Read: who has begun to read cannot wait for a writer's lock."""
        self.read(point)

    def undo(self) -> None:
        """Roll back."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")

    def run(self, statement: str) -> None:
        """Run it in a transaction, and roll back."""
        self._patiently("BEGIN IMMEDIATE")
        try:
            self._patiently(statement)
        finally:
            self.undo()

    def _patiently(self, statement: str, values: tuple[Any, ...] = ()) -> Any:
        def ask() -> list[Any]:
            return self._connection.execute(statement, values).fetchall()

        while True:
            try:
                return self._told(ask)
            except BlockingIOError:
                if self._over.is_set():
                    raise Failed("lost", "the probe was ended") from None
                time.sleep(PAUSE)

    def _told(self, ask: Callable[[], list[Any]]) -> list[Any]:
        try:
            return ask()
        except sqlite3.Error as error:
            # errors of the module itself have no code
            code = getattr(error, "sqlite_errorcode", 0)
            if code & 0xFF in BUSY:
                raise BlockingIOError from None
            self.undo()
            text = str(error)
            if text.startswith(("no such table", "no such column")):
                raise Gone(text) from None
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            raise Failed(name, text) from None


def _select(point: Point) -> str:
    return f"SELECT 1 FROM {point.table}{point.where} LIMIT 1"  # noqa: S608


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
