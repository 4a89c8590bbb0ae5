"""How servers are asked for checksums: a table of texts by engine."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Generator, Mapping
from typing import Any

import pymysql.cursors

from turbo_hipster_real_db_upgrade.catalogue.model import Column, Kind, Table
from turbo_hipster_real_db_upgrade.checking.data.comparing.model import Pair

NUMBERS = frozenset({Kind.WHOLE, Kind.NUMBER, Kind.TRUTH, Kind.YEAR})
TEXTS = frozenset({Kind.TEXT, Kind.CHOICE, Kind.JSON, Kind.UUID})
TIMES = frozenset({Kind.DAY, Kind.MOMENT})
BYTES, REALS = frozenset({Kind.BYTES}), frozenset({Kind.REAL})
CLOCKS = frozenset({Kind.CLOCK})
ITSELF = "as it is"

Rows = Generator[tuple[Any, ...], None, None]

FAMILIES = (
    ("number", NUMBERS | REALS, NUMBERS | REALS),
    ("numeral", NUMBERS | REALS | TEXTS, NUMBERS | REALS | TEXTS),
    ("moment", TIMES, TIMES),
    ("written moment", TIMES | TEXTS, TIMES | TEXTS),
    ("clock", CLOCKS, CLOCKS),
    ("bytes", BYTES | TEXTS, BYTES | TEXTS),
)
"""Pairs of kinds of which one can be held against the other, and how."""


@dataclasses.dataclass(frozen=True)
class Words:
    """The texts of one engine.

    ``plain`` writes a value of a kind as text, each way of ``forms`` writes
    values of different kinds so that equal ones are written alike; ``key``
    hashes a list of such texts to 64 bits, ``value`` one of them together
    with such a hash; ``size`` asks how large a table is; ``fence`` keeps a
    hash in an inner SELECT from being worked out again for each use.
    """

    mark: str
    plain: Callable[[str, Kind], str]
    forms: Mapping[str, str]
    key: Callable[[list[str]], str]
    value: str
    size: str
    stream: Callable[[Any, str], Rows]
    fence: str = ""

    def name(self, name: str) -> str:
        """Quote a name."""
        return self.mark + name.replace(self.mark, self.mark * 2) + self.mark

    def table(self, table: Table) -> str:
        """Quote a table's name, with its schema where that is not usual."""
        if not table.within:
            return self.name(table.name)
        inner = table.name.removeprefix(f"{table.within}.")
        return f"{self.name(table.within)}.{self.name(inner)}"

    def text(self, column: Column, form: str) -> str:
        """Write a column's value as a text."""
        name = self.name(column.name)
        if form == ITSELF:
            return self.plain(name, column.kind)
        return self.forms[form].format(name)


def form(pair: Pair) -> str | None:
    """Return how both sides of a pair are written; None: they cannot be."""
    if not pair.retyped:
        return ITSELF
    old, new = pair.old.kind, pair.new.kind
    if old is new and old not in NUMBERS | TIMES | CLOCKS | {Kind.JSON}:
        return ITSELF
    if old in TEXTS and new in TEXTS:
        return "JSON" if old is new is Kind.JSON else ITSELF
    for name, one, other in FAMILIES:
        if old in one and new in other:
            return name
    return None


def _mariadb_plain(name: str, kind: Kind) -> str:
    if kind in TEXTS:
        return f"CONVERT({name} USING utf8mb4)"
    if kind is Kind.REAL:  # as text a FLOAT has six digits
        return f"CAST({name} AS DOUBLE)"
    return name


def _mariadb_key(texts: list[str]) -> str:
    if len(texts) > 1:
        each = ", ".join(f"IFNULL(CONCAT('=', {one}), '-')" for one in texts)
        texts = [f"CONCAT_WS(0x1f, {each})"]
    return f"(CRC32({texts[0]}) << 32 | CRC32C({texts[0]}))"


def _mariadb_rows(connection: Any, query: str) -> Rows:
    with connection.cursor(pymysql.cursors.SSCursor) as cursor:
        cursor.execute(query)
        yield from cursor


def _mysql_key(texts: list[str]) -> str:
    each = ", ".join(f"IFNULL(CONCAT('=', {one}), '-')" for one in texts)
    return _MD5.format(f"CONCAT_WS(0x1f, {each})")


def _postgresql_plain(name: str, _: Kind) -> str:
    return f"{name}::text"


def _postgresql_key(texts: list[str]) -> str:
    text = texts[0] if len(texts) == 1 else f"ROW({', '.join(texts)})::text"
    return f'hashtextextended({text} COLLATE "C", 0)'


def _postgresql_rows(connection: Any, query: str) -> Rows:
    with (
        connection.transaction(force_rollback=True),
        contextlib.closing(connection.cursor("th_rows")) as cursor,
    ):
        cursor.itersize = 20_000
        cursor.execute(query)
        yield from cursor


_MD5 = "CAST(CONV(LEFT(MD5({}), 15), 16, 10) AS UNSIGNED)"
_NUMERAL = "'^[[:space:]]*[-+]?[0-9]+([.][0-9]+)?[[:space:]]*$'"
_DECIMAL = "CAST(CONCAT({0}) AS DECIMAL(65, 30))"
_FORMS = {
    "number": _DECIMAL,
    "numeral": f"IF(CONCAT({{0}}) REGEXP {_NUMERAL},"
    f" CONCAT({_DECIMAL}), CONCAT({{0}}))",
    "moment": "CAST({0} AS DATETIME(6))",
    "written moment": "IFNULL(CONCAT(CAST({0} AS DATETIME(6))), {0})",
    "clock": "CAST({0} AS TIME(6))",
    "bytes": "{0}",
    "JSON": "CONVERT({0} USING utf8mb4)",
}
MARIADB = Words(
    "`",
    _mariadb_plain,
    _FORMS,
    _mariadb_key,
    "(CRC32({0} & 0xffffffff, {1}) << 32 | CRC32C({0} & 0xffffffff, {1}))",
    "SELECT data_length FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND table_name = %s",
    _mariadb_rows,
)
"""MariaDB from 10.8 on, which has two kinds of CRC and goes on from one."""

MYSQL = dataclasses.replace(
    MARIADB,
    key=_mysql_key,
    value=_MD5.format("CONCAT({0}, ':', {1})"),
)
"""MySQL, and MariaDB before 10.8: a fifth as fast."""

_NUMERIC = "trim_scale({0}::text::numeric)::text"
_TRUTH = "CASE {0}::text WHEN 'true' THEN '1' WHEN 'false' THEN '0'"
POSTGRESQL = Words(
    '"',
    _postgresql_plain,
    {
        "number": f"{_TRUTH} ELSE {_NUMERIC} END",
        "numeral": f"CASE WHEN {{0}}::text ~ {_NUMERAL} THEN {_NUMERIC}"
        " ELSE {0}::text END",
        "moment": "{0}::timestamp::text",
        "written moment": "{0}::text",
        "clock": "{0}::time::text",
        "bytes": "{0}::text",
        "JSON": "{0}::jsonb::text",
    },
    _postgresql_key,
    'hashtextextended({1} COLLATE "C", {0})',
    "SELECT pg_table_size(to_regclass(%s))",
    _postgresql_rows,
    " OFFSET 0",
)


def of(engine: str, version: str) -> Words:
    """Return the words of an engine."""
    if engine == "postgresql":
        return POSTGRESQL
    numbers = [int(one) for one in version.split(".")[:2] if one.isdigit()]
    return MARIADB if engine == "mariadb" and numbers >= [10, 8] else MYSQL
