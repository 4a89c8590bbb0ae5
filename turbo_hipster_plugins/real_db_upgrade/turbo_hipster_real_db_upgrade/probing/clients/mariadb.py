"""A client of MariaDB or MySQL."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

import pymysql

from turbo_hipster_real_db_upgrade.probing.clients.contract import (
    Client,
    Failed,
    Gone,
    Point,
)

DEADLOCK = 1213
GONE = {1054, 1072, 1146, 1051}
"""Unknown column, key column, table, table to drop."""

FOREVER = 31_536_000

KEY = (
    "SELECT COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE"
    " WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s"
    " AND CONSTRAINT_NAME = 'PRIMARY' ORDER BY ORDINAL_POSITION"
)


class MariaDBClient(Client):
    """Reads, and locks as UPDATE does: SELECT ... FOR UPDATE.

    That takes the same metadata lock and the same row lock, fires no
    trigger, and touches neither the row nor a counter.
    """

    def connect(self) -> None:
        """Connect."""
        self._connection = pymysql.connect(
            unix_socket=self.place["socket"],
            user=self.place["user"],
            database=self.place["database"],
            charset="utf8mb4",
            autocommit=True,
        )
        self._do(f"SET SESSION lock_wait_timeout = {FOREVER}")
        self._do(f"SET SESSION innodb_lock_wait_timeout = {FOREVER}")

    def close(self) -> None:
        """Disconnect."""
        with contextlib.suppress(OSError, AttributeError, pymysql.Error):
            # no farewell: another thread may be using the connection
            self._connection._sock.shutdown(socket.SHUT_RDWR)
            self._connection._force_close()

    def point(self, table: str, *, last: bool = False) -> Point:
        """Return the row with the smallest key, or the largest."""
        schema, name = self._home(table)
        quoted = f"{_quoted(schema)}.{_quoted(name)}"
        key = [row[0] for row in self._ask(KEY, (schema, name))]
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

    def _home(self, table: str) -> tuple[str, str]:
        """Return schema and name; a plain name may have dots of its own."""
        names = "SELECT 1 FROM information_schema.TABLES WHERE"
        names += " TABLE_SCHEMA = %s AND TABLE_NAME = %s"
        home = self.place["database"]
        schema, dot, name = table.partition(".")
        if dot and not self._ask(names, (home, table)):
            return schema, name
        return home, table

    def read(self, point: Point) -> None:
        """Read the row."""
        self._ask(_select(point), point.values)

    def write(self, point: Point) -> None:
        """Lock the row, and let it go: autocommit ends the statement."""
        self._ask(_select(point) + " FOR UPDATE", point.values)

    def begin(self) -> None:
        """Begin."""
        self._do("BEGIN")

    def read_on(self, point: Point) -> None:
        """Read."""
        self.read(point)

    def write_on(self, point: Point) -> None:
        """Lock."""
        self.write(point)

    def undo(self) -> None:
        """Roll back."""
        self._do("ROLLBACK")

    def run(self, statement: str) -> None:
        """Run it between BEGIN and ROLLBACK."""
        self._do("BEGIN")
        self._ask(statement)
        self._do("ROLLBACK")

    def _do(self, statement: str) -> None:
        self._ask(statement)

    def _ask(self, statement: str, values: tuple[Any, ...] = ()) -> Any:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.fetchall()
        except pymysql.Error as error:
            raise self._told(error) from None
        except (OSError, AttributeError, ValueError) as error:
            raise Failed("lost", f"connection lost: {error}") from None

    def _told(self, error: pymysql.Error) -> Exception:
        number = error.args[0] if error.args else 0
        with contextlib.suppress(pymysql.Error, OSError, AttributeError):
            self._connection.rollback()
        if number in GONE:
            return Gone(str(error))
        message = str(error.args[1]) if len(error.args) > 1 else str(error)
        return Failed(str(number), message, deadlock=number == DEADLOCK)


def _select(point: Point) -> str:
    return f"SELECT 1 FROM {point.table}{point.where} LIMIT 1"  # noqa: S608


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
