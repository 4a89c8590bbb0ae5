"""A client of PostgreSQL."""

from __future__ import annotations

import contextlib
from typing import Any

import psycopg

from turbo_hipster_real_db_upgrade.probing.clients.contract import (
    Client,
    Failed,
    Gone,
    Point,
)

DEADLOCK = "40P01"
GONE = {"42P01", "42703", "3F000"}
"""Unknown table, column, schema."""

FIND = "SELECT to_regclass(%s), to_regclass(%s)"
KEY = (
    "SELECT a.attname FROM pg_index i CROSS JOIN LATERAL"
    " unnest(i.indkey) WITH ORDINALITY AS k (number, place)"
    " JOIN pg_attribute a ON a.attrelid = i.indrelid"
    " AND a.attnum = k.number"
    " WHERE i.indisprimary AND i.indrelid = to_regclass(%s)"
    " ORDER BY k.place"
)


class PostgreSQLClient(Client):
    """Reads, and locks as UPDATE does, without a new version of the row.

    The table lock of a writer is asked for by name; the row lock is that of
    ``FOR NO KEY UPDATE``, which notes itself in the row's header (some 60
    bytes of WAL) and changes nothing that anybody sees.
    """

    def connect(self) -> None:
        """Connect."""
        self._connection = psycopg.connect(
            host=self.place["socket"],
            user=self.place["user"],
            dbname=self.place["database"],
            autocommit=True,
        )
        self._connection.prepare_threshold = None
        self._ask("SET lock_timeout = 0")
        self._ask("SET statement_timeout = 0")

    def close(self) -> None:
        """Disconnect."""
        with contextlib.suppress(psycopg.Error, AttributeError):
            self._connection.cancel()
            self._connection.pgconn.finish()

    def point(self, table: str, *, last: bool = False) -> Point:
        """Return the row with the smallest key, or the largest."""
        schema, _, name = table.partition(".")
        whole, split = _quoted(table), f"{_quoted(schema)}.{_quoted(name)}"
        if not name:
            split = whole
        found = self._ask(FIND, (whole, split))[0]
        quoted = whole if found[0] else split
        key = [row[0] for row in self._ask(KEY, (quoted,))]
        if not key:
            return Point(quoted)
        columns = ", ".join(map(_quoted, key))
        order = ", ".join(
            _quoted(column) + (" DESC" if last else "") for column in key
        )
        rows = self._ask(
            f"SELECT {columns} FROM {quoted} ORDER BY {order} LIMIT 1"  # noqa: S608
        )
        if not rows:
            return Point(quoted)
        where = " AND ".join(f"{_quoted(column)} = %s" for column in key)
        return Point(quoted, f" WHERE {where}", tuple(rows[0]))

    def read(self, point: Point) -> None:
        """Read the row."""
        self._ask(_select(point), point.values)

    def write(self, point: Point) -> None:
        """Lock table and row, and let them go."""
        self.begin()
        self.write_on(point)
        self.undo()

    def begin(self) -> None:
        """Begin."""
        self._ask("BEGIN")

    def read_on(self, point: Point) -> None:
        """Read."""
        self.read(point)

    def write_on(self, point: Point) -> None:
        """Lock."""
        self._ask(f"LOCK TABLE {point.table} IN ROW EXCLUSIVE MODE")
        self._ask(_select(point) + " FOR NO KEY UPDATE", point.values)

    def undo(self) -> None:
        """Roll back."""
        self._ask("ROLLBACK")

    def run(self, statement: str) -> None:
        """Run it between BEGIN and ROLLBACK."""
        self.begin()
        self._ask(statement)
        self.undo()

    def _ask(self, statement: str, values: tuple[Any, ...] = ()) -> Any:
        try:
            cursor = self._connection.execute(
                statement.encode(), values or None
            )
            return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise self._told(error) from None

    def _told(self, error: psycopg.Error) -> Exception:
        with contextlib.suppress(psycopg.Error):
            self._connection.rollback()
        code = error.sqlstate or "lost"
        if code in GONE:
            return Gone(str(error))
        message = error.diag.message_primary or str(error)
        return Failed(code, message, deadlock=code == DEADLOCK)


def _select(point: Point) -> str:
    return f"SELECT 1 FROM {point.table}{point.where} LIMIT 1"  # noqa: S608


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
