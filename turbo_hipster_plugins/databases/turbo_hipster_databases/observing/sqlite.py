"""Observes an SQLite file, which another process works on.

SQLite keeps no counters that another process could read.  What is visible
from outside:

- log bytes: the pages that differ afterwards, for databases of at most 32
  MiB; above that to compare would cost more than most steps: None.
- size change, rewrites: the number of pages, a table's root page.  Where a
  table's rows are all written anew in place (DROP COLUMN) is not seen.
- locks: on the whole database, there are no others; sampled.
- statements, rows read and changed: none.  The stepping process tells the
  statements, with their times, in its own report.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.model import Measured
from turbo_hipster_databases.observing import sqlite_locks
from turbo_hipster_databases.observing.sampling import Seen
from turbo_hipster_databases.observing.storage import Storage
from turbo_hipster_databases.observing.window import Window

COMPARED = 32 * 2**20
"""Bytes of the largest database whose pages are compared."""
CHUNK = 64
"""Pages that are compared at once, and one by one if they differ."""
PATIENCE = 200
"""Milliseconds to wait for a lock that the step left behind."""
TABLES = (
    "SELECT name, rootpage FROM sqlite_master"
    " WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%'"
    " ESCAPE '\\'"
)


class SQLiteObserver(Window):
    """Measures steps on one SQLite file."""

    ranks = sqlite_locks.RANKS
    lost = (sqlite3.Error, OSError)

    def __init__(self, server: Server) -> None:
        self._connection: Any = None
        self._path = Path()
        self._version = -1
        self._page = 0
        self._image: bytes | None = b""
        self._storage = Storage()
        super().__init__(server)

    def connect(self) -> None:
        """Open the file, to read."""
        self._connection = self.server.connect()
        self._connection.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        self._connection.execute("PRAGMA query_only = 1")
        self._path = Path(self._ask("PRAGMA database_list")[0][2])
        self._version = -1

    def disconnect(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()

    def remember(self) -> None:
        """Read the file, unless it is as we know it."""
        self._moved()

    def look(self) -> Seen:
        """Return the locks on the file."""
        return [
            (sqlite_locks.EVERYTHING, mode)
            for mode in sqlite_locks.held(self._path)
        ]

    def name(self, table: Any) -> str | None:
        """Return the name for the whole."""
        return str(table)

    def count(self) -> Measured:
        """Compare the file with what it was."""
        image, storage = self._image, self._storage
        pages: int | None = 0
        if self._moved():
            pages = None
            if image is not None and self._image is not None:
                pages = sum(differing(image, self._image, self._page))
        return Measured(
            0.0,
            log_bytes=None if pages is None else pages * self._page,
            size_change=self._storage.size - storage.size,
            rewritten=self._storage.rewritten(storage),
        )

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        return list(self._connection.execute(query))

    def _moved(self) -> bool:
        """Read the file if another connection changed it; say whether."""
        self._connection.execute("BEGIN")
        try:
            # the number is that of the transaction that a read begins
            tables = self._ask(TABLES)
            version = self._ask("PRAGMA data_version")[0][0]
            if version == self._version:
                return False
            self._page = self._ask("PRAGMA page_size")[0][0]
            size = self._ask("PRAGMA page_count")[0][0] * self._page
            self._storage = Storage(
                {name: frozenset({root}) for name, root in tables}, size
            )
            self._image = self._pages(size)
            self._version = version
        finally:
            self._connection.execute("ROLLBACK")
        return True

    def _pages(self, size: int) -> bytes | None:
        if size > COMPARED:
            return None
        # an empty file has no first page yet, and cannot be serialised
        return bytes(self._connection.serialize()) if size else b""


def differing(before: bytes, after: bytes, page: int) -> Iterator[bool]:
    """Say of each page of ``after`` whether it differs; many at once."""
    for start in range(0, len(after), page * CHUNK):
        end = min(start + page * CHUNK, len(after))
        if before[start:end] != after[start:end]:
            for at in range(start, end, page):
                yield before[at : at + page] != after[at : at + page]
