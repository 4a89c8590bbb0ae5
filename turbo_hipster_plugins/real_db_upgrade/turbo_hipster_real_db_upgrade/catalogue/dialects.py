# ruff: noqa: S608  (only our own words are put in)
"""The same few expressions, in the words of each engine.

All are texts of SQL.  ``n`` is the number of the row that is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from turbo_hipster_real_db_upgrade.catalogue.model import Column, Table

HASH = "th_hash"
SINCE_DAY, SINCE = "2000-01-01", "2010-01-01 00:00:00"
"""The first date, and the first date with a time."""
SINCE_SECONDS = 1262304000
"""``SINCE`` in seconds since the epoch."""


class Dialect:
    """SQLite's words, which are the plainest."""

    quote = '"'
    overriding = ""
    temporary = "TEMP "
    then_join = "CROSS JOIN"
    """Joins from the left to the right, however small either seems."""
    unless_there = (" OR IGNORE", "")
    """Stands behind INSERT, and at the end, to skip a key that is there."""

    def name(self, name: str) -> str:
        """Return a name in quotes."""
        return (
            self.quote
            + name.replace(self.quote, self.quote * 2)
            + (self.quote)
        )

    def table(self, table: Table) -> str:
        """Return a table's name in quotes."""
        if not table.within:
            return self.name(table.name)
        plain = table.name.removeprefix(f"{table.within}.")
        return f"{self.name(table.within)}.{self.name(plain)}"

    def names(self, names: Any) -> str:
        """Return names between commas."""
        return ", ".join(map(self.name, names))

    def literal(self, value: Any) -> str:
        """Return a value that a driver gave us, as SQL."""
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int | float):
            return repr(value)
        if isinstance(value, bytes):
            return f"X'{value.hex()}'"
        return "'" + str(value).replace("'", "''") + "'"

    def numbers(self, first: int, last: int) -> str:
        """Return a table of the numbers from first to last, as ``n``."""
        return (
            f"(WITH RECURSIVE s(n) AS (SELECT {first} UNION ALL SELECT n + 1 "
            f"FROM s WHERE n < {last}) SELECT n FROM s)"
        )

    def wide(self, number: str) -> str:
        """Return a whole number with room for a product."""
        return number

    def text(self, number: str) -> str:
        """Return a number in decimal digits."""
        return f"CAST({number} AS TEXT)"

    def join(self, *parts: str) -> str:
        """Put texts together."""
        return "(" + " || ".join(parts) + ")"

    def hexed(self, number: str, width: int) -> str:
        """Return a number in so many hexadecimal digits."""
        return f"printf('%0{width}x', {number})"

    def larger(self, one: str, other: str) -> str:
        """Return the larger of two numbers."""
        return f"max({one}, {other})"

    def divided(self, number: str, by: int) -> str:
        """Divide whole numbers."""
        return f"({number}) / {by}"

    def truth(self, number: str) -> str:
        """Return 0 or 1 as a truth."""
        return number

    def day(self, number: str) -> str:
        """Return a date, so many days after SINCE_DAY."""
        return f"date('{SINCE_DAY}', ({number}) || ' days')"

    def moment(self, number: str) -> str:
        """Return date and time, so many seconds after SINCE."""
        return f"datetime({SINCE_SECONDS} + {number}, 'unixepoch')"

    def clock(self, number: str) -> str:
        """Return a time of day, so many seconds after midnight."""
        return f"time({number}, 'unixepoch')"

    def data(self, text: str) -> str:
        """Return the bytes of a text."""
        return f"CAST({text} AS BLOB)"

    def cast(self, value: str, column: Column) -> str:
        """Give a value the column's own type."""
        return value

    def hashed(self, columns: Sequence[str]) -> str:
        """Return a number that is made of values.

        In SQLite by the function HASH, which the connection has to get.
        """
        return f"{HASH}({', '.join(columns)})"


class MariaDB(Dialect):
    """MariaDB's."""

    quote = "`"
    then_join = "STRAIGHT_JOIN"
    temporary = ""  # one that is cannot be read twice in a statement
    unless_there = (" IGNORE", "")

    def hashed(self, columns: Sequence[str]) -> str:
        """Return a number that is made of values."""
        return f"CRC32(CONCAT_WS('|', {', '.join(columns)}))"

    def literal(self, value: Any) -> str:
        """Return a value that a driver gave us, as SQL."""
        text = super().literal(value)
        return text.replace("\\", "\\\\") if isinstance(value, str) else text

    def numbers(self, first: int, last: int) -> str:
        """Return a table of the numbers from first to last, as ``n``."""
        return f"(SELECT CAST(seq AS SIGNED) AS n FROM seq_{first}_to_{last})"

    def text(self, number: str) -> str:
        """Return a number in decimal digits."""
        return f"CAST({number} AS CHAR)"

    def join(self, *parts: str) -> str:
        """Put texts together."""
        return f"CONCAT({', '.join(parts)})"

    def hexed(self, number: str, width: int) -> str:
        """Return a number in so many hexadecimal digits."""
        return f"LPAD(LOWER(HEX({number})), {width}, '0')"

    def larger(self, one: str, other: str) -> str:
        """Return the larger of two numbers."""
        return f"GREATEST({one}, {other})"

    def divided(self, number: str, by: int) -> str:
        """Divide whole numbers."""
        return f"(({number}) DIV {by})"

    def day(self, number: str) -> str:
        """Return a date, so many days after SINCE_DAY."""
        return f"DATE '{SINCE_DAY}' + INTERVAL ({number}) DAY"

    def moment(self, number: str) -> str:
        """Return date and time, so many seconds after SINCE."""
        return f"TIMESTAMP '{SINCE}' + INTERVAL ({number}) SECOND"

    def clock(self, number: str) -> str:
        """Return a time of day, so many seconds after midnight."""
        return f"SEC_TO_TIME({number})"

    def data(self, text: str) -> str:
        """Return the bytes of a text."""
        return f"CAST({text} AS BINARY)"


class MySQL(MariaDB):
    """MySQL's, which has no table of numbers."""

    def numbers(self, first: int, last: int) -> str:
        """Return a table of the numbers from first to last, as ``n``."""
        return Dialect.numbers(self, first, last)


class PostgreSQL(Dialect):
    """PostgreSQL's, which converts nothing by itself."""

    overriding = " OVERRIDING SYSTEM VALUE"
    then_join = "JOIN"  # it knows how large they are
    unless_there = ("", " ON CONFLICT DO NOTHING")

    def hashed(self, columns: Sequence[str]) -> str:
        """Return a number that is made of values."""
        joined = f"concat_ws('|', {', '.join(columns)})"
        return f"abs(hashtext({joined})::bigint)"

    def literal(self, value: Any) -> str:
        """Return a value that a driver gave us, as SQL."""
        if isinstance(value, bytes | memoryview):
            return f"'\\x{bytes(value).hex()}'"
        return super().literal(value)

    def numbers(self, first: int, last: int) -> str:
        """Return a table of the numbers from first to last, as ``n``."""
        return (
            "(SELECT n FROM generate_series("
            f"{first}::bigint, {last}::bigint) g(n))"
        )

    def wide(self, number: str) -> str:
        """Return a whole number with room for a product."""
        return f"({number})::bigint"

    def hexed(self, number: str, width: int) -> str:
        """Return a number in so many hexadecimal digits."""
        return f"lpad(to_hex(({number})::bigint), {width}, '0')"

    def larger(self, one: str, other: str) -> str:
        """Return the larger of two numbers."""
        return f"GREATEST({one}, {other})"

    def truth(self, number: str) -> str:
        """Return 0 or 1 as a truth."""
        return f"({number}) = 1"

    def day(self, number: str) -> str:
        """Return a date, so many days after SINCE_DAY."""
        return f"DATE '{SINCE_DAY}' + ({number})::int"

    def moment(self, number: str) -> str:
        """Return date and time, so many seconds after SINCE."""
        return f"TIMESTAMP '{SINCE}' + ({number}) * INTERVAL '1 s'"

    def clock(self, number: str) -> str:
        """Return a time of day, so many seconds after midnight."""
        return f"TIME '00:00' + ({number}) * INTERVAL '1 s'"

    def data(self, text: str) -> str:
        """Return the bytes of a text."""
        return f"convert_to({text}, 'UTF8')"

    def cast(self, value: str, column: Column) -> str:
        """Give a value the column's own type."""
        return f"CAST({value} AS {column.declared})"


DIALECTS: dict[str, Dialect] = {
    "sqlite": Dialect(),
    "mariadb": MariaDB(),
    "mysql": MySQL(),
    "postgresql": PostgreSQL(),
}
