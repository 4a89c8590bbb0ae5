"""Reading the tables of SQLite: its pragmas, and the texts for checks."""

# ruff: noqa: S608  (names are the database's own, in quotes)

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from turbo_hipster_databases.schema.sql_text import tokens
from turbo_hipster_databases.schema.sqlite_table import table_parts
from turbo_hipster_real_db_upgrade.catalogue.asking import rows
from turbo_hipster_real_db_upgrade.catalogue.model import (
    ANY,
    Check,
    Column,
    ForeignKey,
    Kind,
    Table,
)

TABLES = r"""
SELECT l.name, m.sql FROM pragma_table_list l
JOIN sqlite_master m ON m.name = l.name AND m.type = 'table'
WHERE l.schema = 'main' AND l.type = 'table'
AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY l.name
"""
WORDS = (
    ("BOOL", Kind.TRUTH),
    ("DATETIME", Kind.MOMENT),
    ("TIMESTAMP", Kind.MOMENT),
    ("DATE", Kind.DAY),
    ("TIME", Kind.CLOCK),
    ("JSON", Kind.JSON),
    ("UUID", Kind.UUID),
    ("GUID", Kind.UUID),
    ("INT", Kind.WHOLE),
    ("CHAR", Kind.TEXT),
    ("CLOB", Kind.TEXT),
    ("TEXT", Kind.TEXT),
    ("ENUM", Kind.TEXT),
    ("BLOB", Kind.BYTES),
    ("BINARY", Kind.BYTES),
    ("REAL", Kind.REAL),
    ("FLOA", Kind.REAL),
    ("DOUB", Kind.REAL),
)
"""What a declared type contains, in the order in which it is asked."""

VERSION = (3, 37)
"""The first that lists its tables by their kind."""


def tables(connection: Any) -> Iterator[Table]:
    """Yield the tables, none that is virtual or a part of such."""
    for name, sql in rows(connection, TABLES):
        yield _table(connection, name, sql)


def _table(connection: Any, name: str, sql: str) -> Table:
    told = rows(connection, f"PRAGMA table_xinfo({_text(name)})")
    columns = {}
    for _, column, declared, not_null, default, _key, hidden in told:
        columns[column] = _column(
            column,
            declared,
            nullable=not not_null,
            default=default is not None,
            generated=hidden in (2, 3),
        )
    primary = tuple(
        row[1] for row in sorted(told, key=lambda row: row[5]) if row[5]
    )
    for column in primary:
        known = columns[column]
        columns[column] = _column(column, known.declared, nullable=False)
    uniques = [primary] if primary else []
    uniques += _uniques(connection, name, columns)
    return Table(
        name,
        columns,
        primary,
        tuple(dict.fromkeys(uniques)),
        tuple(_foreign_keys(connection, name)),
        tuple(_checks(name, sql)),
    )


def _column(
    name: str,
    declared: str,
    *,
    nullable: bool,
    default: bool = False,
    generated: bool = False,
) -> Column:
    upper = declared.upper()
    kind = next((kind for word, kind in WORDS if word in upper), None)
    if kind is None:
        kind = Kind.NUMBER if upper else Kind.TEXT
    sizes = [int(size) for size in re.findall(r"\d+", declared)]
    digits = (18, 2)
    if kind is Kind.NUMBER and sizes:
        digits = (sizes[0], sizes[1] if len(sizes) > 1 else 0)
    long = kind in (Kind.TEXT, Kind.BYTES) and bool(sizes)
    return Column(
        name,
        declared,
        kind,
        nullable,
        generated,
        default,
        longest=sizes[0] if long else ANY,
        digits=digits,
    )


def _uniques(
    connection: Any, table: str, columns: dict[str, Column]
) -> Iterator[tuple[str, ...]]:
    for row in rows(connection, f"PRAGMA index_list({_text(table)})"):
        _, index, unique = row[:3]
        if not unique:
            continue
        info = rows(connection, f"PRAGMA index_xinfo({_text(index)})")
        names = [name for _, _, name, _, _, key in info if key and name]
        if any(name is None for _, _, name, _, _, key in info if key):
            names += _named_in(connection, index, columns)
        yield tuple(dict.fromkeys(names))


def _named_in(
    connection: Any, index: str, columns: dict[str, Column]
) -> list[str]:
    """Return the columns that an index on an expression names."""
    ((sql,),) = rows(
        connection,
        f"SELECT sql FROM sqlite_master WHERE name = {_text(index)}",
    )
    words = {word.text.lower() for word in tokens(sql, "sqlite")}
    return [name for name in columns if name.lower() in words]


def _foreign_keys(connection: Any, table: str) -> Iterator[ForeignKey]:
    keys: dict[int, list[tuple[Any, ...]]] = {}
    query = f"PRAGMA foreign_key_list({_text(table)})"
    for row in rows(connection, query):
        keys.setdefault(row[0], []).append(row)
    for parts in keys.values():
        parts.sort(key=lambda row: row[1])
        parent = _real(connection, parts[0][2])
        if parts[0][4] is None:  # the primary key, not named
            info = rows(connection, f"PRAGMA table_xinfo({_text(parent)})")
            keyed = sorted((row for row in info if row[5]), key=_fifth)
            references = tuple(row[1] for row in keyed)
        else:
            references = tuple(row[4] for row in parts)
        yield ForeignKey(
            tuple(row[3] for row in parts),
            parent,
            tuple(_real_column(connection, parent, references)),
        )


def _real(connection: Any, table: str) -> str:
    """Return a table's name in the case in which it was made."""
    found = rows(
        connection,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND "
        f"lower(name) = lower({_text(table)})",
    )
    return str(found[0][0]) if found else table


def _real_column(
    connection: Any, table: str, names: tuple[str, ...]
) -> Iterator[str]:
    info = rows(connection, f"PRAGMA table_xinfo({_text(table)})")
    known = {row[1].lower(): str(row[1]) for row in info}
    for name in names:
        yield known.get(name.lower(), name)


def _fifth(row: tuple[Any, ...]) -> Any:
    return row[5]


def _checks(table: str, sql: str) -> Iterator[Check]:
    for path, thing in table_parts(table, sql).items():
        if len(path) > 2 and path[2] == "check":
            yield Check(path[3], thing.facts["expression"])


def _text(value: str) -> str:
    quoted = value.replace("'", "''")
    return f"'{quoted}'"
