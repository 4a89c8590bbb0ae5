"""Reading the tables of MariaDB and MySQL: information_schema."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

from turbo_hipster_real_db_upgrade.catalogue.asking import rows
from turbo_hipster_real_db_upgrade.catalogue.model import (
    ANY,
    Check,
    Column,
    ForeignKey,
    Kind,
    Table,
)

COLUMNS = """
SELECT c.table_name, c.column_name, c.column_type, c.data_type,
  c.is_nullable, c.column_default IS NOT NULL, c.extra,
  c.character_maximum_length, c.numeric_precision, c.numeric_scale
FROM information_schema.columns c JOIN information_schema.tables t
  ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE'
ORDER BY c.table_name, c.ordinal_position
"""
UNIQUES = """
SELECT table_name, index_name, column_name, sub_part
FROM information_schema.statistics
WHERE table_schema = DATABASE() AND non_unique = 0
ORDER BY table_name, index_name <> 'PRIMARY', index_name, seq_in_index
"""
KEYS = """
SELECT table_name, constraint_name, column_name, referenced_table_name,
  referenced_column_name
FROM information_schema.key_column_usage
WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL
ORDER BY table_name, constraint_name, ordinal_position
"""
CHECKS = """
SELECT {table}, constraint_name, check_clause
FROM information_schema.check_constraints {of}
WHERE constraint_schema = DATABASE()
"""
OF_MYSQL = """
JOIN information_schema.table_constraints USING
  (constraint_schema, constraint_name)
"""
KINDS = {
    **dict.fromkeys(
        ("tinyint", "smallint", "mediumint", "int", "bigint"), Kind.WHOLE
    ),
    "decimal": Kind.NUMBER,
    **dict.fromkeys(("float", "double"), Kind.REAL),
    **dict.fromkeys(
        ("char", "varchar", "tinytext", "text", "mediumtext", "longtext"),
        Kind.TEXT,
    ),
    **dict.fromkeys(
        ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"),
        Kind.BYTES,
    ),
    "date": Kind.DAY,
    "time": Kind.CLOCK,
    "datetime": Kind.MOMENT,
    "timestamp": Kind.MOMENT,
    "year": Kind.YEAR,
    "json": Kind.JSON,
    "uuid": Kind.UUID,
    "enum": Kind.CHOICE,
    "set": Kind.CHOICE,
}
BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
EXAMPLES = {
    "bit": "b'0'",
    "inet4": "'192.0.2.1'",
    "inet6": "'2001:db8::1'",
    "point": "POINT(1, 2)",
    "geometry": "POINT(1, 2)",
}
"""Literals of the kinds that are seldom."""


def tables(connection: Any) -> Iterator[Table]:
    """Yield the tables of the connection's database."""
    columns: dict[str, dict[str, Column]] = {}
    for table, *told in rows(connection, COLUMNS):
        column = _column(*told)
        columns.setdefault(table, {})[column.name] = column
    uniques: dict[str, dict[str, list[str]]] = {}
    for table, index, name, part in rows(connection, UNIQUES):
        if part:  # only so many characters of it tell rows apart
            column = columns[table][name]
            longest = min(column.longest, int(part))
            columns[table][name] = dataclasses.replace(column, longest=longest)
        uniques.setdefault(table, {}).setdefault(index, []).append(name)
    keys: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for table, key, *part in rows(connection, KEYS):
        keys.setdefault(table, {}).setdefault(key, []).append(tuple(part))
    checks: dict[str, list[Check]] = {}
    for table, name, clause in rows(connection, _checks(connection)):
        checks.setdefault(table, []).append(Check(name, clause))
    for table, its in columns.items():
        sets = uniques.get(table, {})
        yield Table(
            table,
            its,
            tuple(sets.get("PRIMARY", ())),
            tuple(dict.fromkeys(map(tuple, sets.values()))),
            tuple(
                _key(name, parts)
                for name, parts in keys.get(table, {}).items()
            ),
            tuple(checks.get(table, ())),
        )


def _column(
    name: str,
    declared: str,
    kind: str,
    nullable: str,
    default: int,
    extra: str,
    longest: int | None,
    precision: int | None,
    scale: int | None,
) -> Column:
    least, most = -ANY, ANY
    if kind in BITS:
        bits = BITS[kind]
        unsigned = "unsigned" in declared
        least = 0 if unsigned else -(2 ** (bits - 1))
        most = min(ANY, 2 ** (bits - (not unsigned)) - 1)
    truth = declared.startswith("tinyint(1)")
    choices = re.findall(r"'(?:[^']|'')*'", declared)
    return Column(
        name,
        declared,
        Kind.TRUTH if truth else KINDS.get(kind, Kind.OTHER),
        nullable == "YES",
        "GENERATED" in extra.upper() and "DEFAULT" not in extra.upper(),
        bool(default),
        least,
        most,
        longest=ANY if longest is None else int(longest),
        digits=(int(precision or 10), int(scale or 0)),
        choices=tuple(choices) if kind in ("enum", "set") else (),
        example=EXAMPLES.get(kind, ""),
    )


def _key(name: str, parts: list[tuple[str, ...]]) -> ForeignKey:
    return ForeignKey(
        tuple(part[0] for part in parts),
        parts[0][1],
        tuple(part[2] for part in parts),
        name,
    )


def _checks(connection: Any) -> str:
    """Return the query for the checks, in which the sisters differ."""
    ((version,),) = rows(connection, "SELECT VERSION()")
    of = "" if "MariaDB" in version else OF_MYSQL
    return CHECKS.format(table="table_name", of=of)
