"""Observes MariaDB and MySQL through their own counters.

Where each figure comes from:

- statements: the performance schema's digests, emptied at each begin, for
  all threads but ours; errors, and the full text of what ran only once, from
  ``events_statements_history_long``.
- rows: MariaDB's ``userstat``, exact per table.  It counts what the SQL
  layer asks of the storage engine: the rows that a copying ALTER reads, not
  those that InnoDB itself goes through for an index or a rebuild in place.
  MySQL has no ``userstat``: there the table I/O of the performance schema.
- log bytes: how far the redo log's position moved.
- sizes and rewrites: the table spaces; a table with a new one was written
  anew (an emptied one too).
- locks: ``metadata_lock_info``, sampled.  The performance schema's
  ``metadata_locks``, used where that is missing, keep the mode that a lock
  was first asked for, and do not show that an ALTER made it stronger.

Of tables of other storage engines than InnoDB only rows are seen.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pymysql
from pymysql.constants import CLIENT

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.model import Measured, Statement
from turbo_hipster_databases.observing import mariadb_words, told
from turbo_hipster_databases.observing.sampling import Seen
from turbo_hipster_databases.observing.storage import Storage
from turbo_hipster_databases.observing.window import Window

PICOSECONDS = 1e12
ELSE = "(statements of other kinds)"
"""The text of what the server had no room to tell apart."""

PATIENCE = 1.0
"""Seconds for which a step's last statement may still be busy."""
PAUSE = 0.001

Rows = Sequence[Any]


class MariaDBObserver(Window):
    """Measures steps on one server of MariaDB or MySQL."""

    ranks = mariadb_words.RANKS
    lost = (pymysql.err.Error, OSError)
    words: mariadb_words.Words

    def __init__(self, server: Server) -> None:
        self._connection: Any = None
        self._home = ""
        self._position: int | None = None
        self._before = self._after = Storage()
        super().__init__(server)

    def connect(self) -> None:
        """Connect; several statements may go in one message."""
        self._connection = self.server.connect()
        self._connection.close()
        self._connection.client_flag |= CLIENT.MULTI_STATEMENTS
        self._connection.connect()
        self._position = None
        with self._connection.cursor() as cursor:
            self.words = mariadb_words.prepare(cursor)
            cursor.execute("SELECT DATABASE()")
            self._home = cursor.fetchone()[0] or ""

    def disconnect(self) -> None:
        """Close the connection."""
        if self._connection is not None and self._connection.open:
            self._connection.close()

    def remember(self) -> None:
        """Empty the counters, in one message."""
        self._settle()
        between, *_emptied, log = self._ask(self.words.begin)
        if self._position is None or between[0][0]:
            self._after = self._storage()
        self._position, self._before = _position(log), self._after

    def look(self) -> Seen:
        """Return the metadata locks that clients hold."""
        return [
            ((schema, table), mode.removeprefix("MDL_"))
            for schema, table, mode in self._ask(self.words.held)[-1]
        ]

    def name(self, table: Any) -> str | None:
        """Return a table's plain name; None: it was not there before."""
        plain = self._plain(*table)
        return plain if plain in self._before.tables else None

    def count(self) -> Measured:
        """Read the counters, in one message, and files if any changed."""
        self._settle()
        log, rows, digests, texts, errors, _emptied = self._ask(self.words.end)
        began, self._position = self._position, _position(log)
        if began is None or began != self._position:
            self._after = self._storage()
        moved = None
        if began is not None and self._position is not None:
            moved = self._position - began
        statements = _statements(digests, dict(texts))
        named = ((it.text, it.rows or 0) for it in statements)
        return Measured(
            0.0,
            statements=statements,
            rows_read=self._rows(rows, 2),
            rows_changed={
                **told.dropped(named, self._home),
                **self._rows(rows, 3),
            },
            log_bytes=moved,
            size_change=self._after.size - self._before.size,
            rewritten=self._after.rewritten(self._before),
            errors=tuple(
                f"{number} ({state}): {message}"
                for number, state, message in errors
            ),
        )

    def _settle(self) -> None:
        """Wait until the last statement is counted."""
        deadline = time.monotonic() + PATIENCE
        while self._ask(self.words.busy)[0][0][0]:
            if time.monotonic() > deadline:
                break
            time.sleep(PAUSE)

    def _ask(self, statements: str) -> list[Rows]:
        with self._connection.cursor() as cursor:
            cursor.execute(statements)
            answers = [cursor.fetchall()]
            while cursor.nextset():
                answers.append(cursor.fetchall())
        return answers

    def _plain(self, schema: str, table: str) -> str:
        return table if schema == self._home else f"{schema}.{table}"

    def _rows(self, rows: Rows, column: int) -> dict[str, int]:
        """Return rows per table, by the names that tables have now."""
        now = self._after.renamed(self._before)
        counts: dict[str, int] = {}
        for row in rows:
            if row[column]:
                table = self._plain(row[0], row[1])
                table = now.get(table, table)
                counts[table] = counts.get(table, 0) + int(row[column])
        return counts

    def _storage(self) -> Storage:
        return Storage.of(
            (self._plain(schema, table), space, size)
            for space, schema, table, size in self._ask(self.words.files)[-1]
        )


def _position(rows: Rows) -> int | None:
    return max((int(value) for _name, value in rows), default=None)


def _statements(digests: Rows, texts: dict[str, str]) -> tuple[Statement, ...]:
    return tuple(
        Statement(
            (calls == 1 and texts.get(digest)) or text or ELSE,
            calls,
            total / PICOSECONDS,
            slowest / PICOSECONDS,
            int(rows),
        )
        for digest, text, calls, total, slowest, rows in digests
    )
