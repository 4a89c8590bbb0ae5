"""Reading the tables of PostgreSQL: its catalogue."""

# ruff: noqa: S608  (names are the database's own, in quotes)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from turbo_hipster_databases.schema.sql_text import tokens
from turbo_hipster_real_db_upgrade.catalogue.asking import rows
from turbo_hipster_real_db_upgrade.catalogue.model import (
    ANY,
    Check,
    Column,
    ForeignKey,
    Kind,
    Table,
)

MINE = (
    "c.relkind IN ('r', 'p') AND NOT c.relispartition "
    "AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' "
    "AND n.nspname <> 'information_schema' AND NOT EXISTS "
    "(SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e') "
    "AND (c.relkind = 'p' OR NOT EXISTS (SELECT FROM pg_inherits h "
    "WHERE c.oid IN (h.inhrelid, h.inhparent)))"
)
"""No partitions, and none that inherits or is inherited: its rows are seen in
two tables."""
COLUMNS = f"""
WITH RECURSIVE base(oid, at, mod) AS (
  SELECT oid, oid, -1 FROM pg_type
  UNION ALL
  SELECT b.oid, t.typbasetype, CASE WHEN t.typtypmod >= 0 THEN t.typtypmod
    ELSE b.mod END
  FROM base b JOIN pg_type t ON t.oid = b.at WHERE t.typtype = 'd'
)
SELECT c.oid, n.nspname, c.relname, a.attname,
  format_type(a.atttypid, a.atttypmod), t.typname, t.typcategory::text,
  a.attnotnull OR (SELECT d.typnotnull FROM pg_type d
                   WHERE d.oid = a.atttypid),
  a.attgenerated <> '', a.atthasdef OR a.attidentity <> '',
  CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE b.mod END,
  (SELECT array_agg(quote_literal(e.enumlabel) ORDER BY e.enumsortorder)
   FROM pg_enum e WHERE e.enumtypid = t.oid)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN base b ON b.oid = a.atttypid JOIN pg_type t ON t.oid = b.at
WHERE a.attnum > 0 AND NOT a.attisdropped AND t.typtype <> 'd' AND {MINE}
ORDER BY n.nspname, c.relname, a.attnum
"""
UNIQUES = f"""
SELECT i.indrelid, i.indisprimary, (SELECT array_agg(a.attname ORDER BY k.at)
  FROM unnest(i.indkey) WITH ORDINALITY k(num, at)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
  WHERE k.at <= i.indnkeyatts),
  CASE WHEN 0 = ANY (i.indkey) THEN pg_get_indexdef(i.indexrelid) ELSE '' END
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisunique AND {MINE} ORDER BY NOT i.indisprimary, i.indexrelid
"""
NAMES = """(SELECT array_agg(a.attname ORDER BY k.at)
  FROM unnest({numbers}) WITH ORDINALITY k(num, at)
  JOIN pg_attribute a ON a.attrelid = {of} AND a.attnum = k.num)"""
KEYS = f"""
SELECT o.conrelid, o.conname,
  {NAMES.format(numbers="o.conkey", of="o.conrelid")}, o.confrelid,
  o.confrelid::regclass::text,
  {NAMES.format(numbers="o.confkey", of="o.confrelid")}
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE o.contype = 'f' AND o.conparentid = 0 AND {MINE} ORDER BY o.oid
"""
CHECKS = f"""
SELECT o.conrelid, o.conname, pg_get_expr(o.conbin, o.conrelid)
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE o.contype = 'c' AND {MINE} ORDER BY o.oid
"""
KINDS = {
    **dict.fromkeys(("int2", "int4", "int8", "oid"), Kind.WHOLE),
    "numeric": Kind.NUMBER,
    **dict.fromkeys(("float4", "float8", "money"), Kind.REAL),
    **dict.fromkeys(
        ("text", "varchar", "bpchar", "citext", "name"), Kind.TEXT
    ),
    "bytea": Kind.BYTES,
    "bool": Kind.TRUTH,
    "date": Kind.DAY,
    **dict.fromkeys(("time", "timetz"), Kind.CLOCK),
    **dict.fromkeys(("timestamp", "timestamptz"), Kind.MOMENT),
    "interval": Kind.SPAN,
    **dict.fromkeys(("json", "jsonb"), Kind.JSON),
    "uuid": Kind.UUID,
}
MOST = {"int2": 2**15 - 1, "int4": 2**31 - 1, "int8": ANY, "oid": 2**32 - 1}
EXAMPLES = {
    **dict.fromkeys(("inet", "cidr"), "'192.0.2.1'"),
    "macaddr": "'02:00:00:00:00:01'",
    "macaddr8": "'02:00:00:ff:fe:00:00:01'",
    "tsvector": "'word'",
    "tsquery": "'word'",
    "hstore": "''",
    "xml": "'<x/>'",
    "char": "'c'",
    "point": "'(1,2)'",
    "ltree": "'top'",
}
OF_CATEGORY = {"A": "'{}'", "R": "'empty'"}
"""An array, a range: what is empty fits."""


def tables(connection: Any) -> Iterator[Table]:
    """Yield the tables that are no partition and no extension's."""
    ((usual,),) = rows(connection, "SELECT current_schema()")
    names: dict[int, tuple[str, str]] = {}
    columns: dict[int, dict[str, Column]] = {}
    for oid, within, table, *told in rows(connection, COLUMNS):
        names[oid] = (table, "" if within == usual else within)
        column = _column(*told)
        columns.setdefault(oid, {})[column.name] = column
    primary: dict[int, tuple[str, ...]] = {}
    uniques: dict[int, list[tuple[str, ...]]] = {}
    for oid, first, its, text in rows(connection, UNIQUES):
        found = tuple(its or ()) + _named_in(text, columns[oid])
        uniques.setdefault(oid, []).append(tuple(dict.fromkeys(found)))
        if first:
            primary[oid] = found
    keys: dict[int, list[ForeignKey]] = {}
    for oid, name, own, other, text, theirs in rows(connection, KEYS):
        parent = _full(names[other]) if other in names else text
        keys.setdefault(oid, []).append(
            ForeignKey(tuple(own), parent, tuple(theirs), name)
        )
    checks: dict[int, list[Check]] = {}
    for oid, name, expression in rows(connection, CHECKS):
        checks.setdefault(oid, []).append(Check(name, expression))
    for oid, its in columns.items():
        yield Table(
            _full(names[oid]),
            its,
            primary.get(oid, ()),
            tuple(dict.fromkeys(uniques.get(oid, ()))),
            tuple(keys.get(oid, ())),
            tuple(checks.get(oid, ())),
            names[oid][1],
        )


def _full(name: tuple[str, str]) -> str:
    table, within = name
    return f"{within}.{table}" if within else table


def _column(
    name: str,
    declared: str,
    kind: str,
    category: str,
    not_null: bool,
    generated: bool,
    default: bool,
    modifier: int,
    choices: list[str] | None,
) -> Column:
    most = MOST.get(kind, ANY)
    longest, digits = ANY, (18, 2)
    if kind in ("varchar", "bpchar") and modifier >= 4:
        longest = modifier - 4
    if kind == "numeric" and modifier >= 4:
        digits = ((modifier - 4) >> 16 & 0xFFFF, (modifier - 4) & 0x7FF)
    if kind == "name":
        longest = 63
    return Column(
        name,
        declared,
        Kind.CHOICE if choices else KINDS.get(kind, Kind.OTHER),
        not not_null,
        generated,
        default,
        0 if kind == "oid" else -most - 1,
        most,
        longest=longest,
        digits=digits,
        choices=tuple(choices or ()),
        example=EXAMPLES.get(kind, OF_CATEGORY.get(category, "")),
    )


def _named_in(text: str, columns: dict[str, Column]) -> tuple[str, ...]:
    """Return the columns that an index on an expression names."""
    words = {word.text for word in tokens(text, "postgresql")}
    return tuple(name for name in columns if name in words)
