# ruff: noqa: S608  (the names are the database's own, and quoted)
"""Rows whose parents are missing: after rows were made, or taken out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from turbo_hipster_real_db_upgrade.catalogue.asking import number, rows
from turbo_hipster_real_db_upgrade.catalogue.dialects import Dialect
from turbo_hipster_real_db_upgrade.catalogue.model import ForeignKey, Table


@dataclasses.dataclass(frozen=True, slots=True)
class Orphans:
    """``rows`` of a table have no parent by this foreign key."""

    table: str
    key: ForeignKey
    rows: int

    def __str__(self) -> str:
        return f"{self.rows} rows of {self.table} have no parent: {self.key}"


def orphans(
    engine_name: str,
    dialect: Dialect,
    connection: Any,
    tables: Mapping[str, Table],
) -> Iterator[Orphans]:
    """Yield the foreign keys that do not hold, of all these tables."""
    if engine_name == "sqlite" and not rows(
        connection, "PRAGMA foreign_key_check"
    ):
        return
    for table in tables.values():
        for key in table.foreign_keys:
            parent = tables.get(key.table)
            if parent is None:
                continue
            condition = missing(dialect, "c", key, parent)
            count = number(
                connection,
                f"SELECT COUNT(*) FROM {dialect.table(table)} c "
                f"WHERE {condition}",
            )
            if count:
                yield Orphans(table.name, key, count)


def missing(
    dialect: Dialect, child: str, key: ForeignKey, parent: Table
) -> str:
    """Return the condition that a row of ``child`` has no parent."""
    own = [f"{child}.{dialect.name(name)}" for name in key.columns]
    filled = " AND ".join(f"{name} IS NOT NULL" for name in own)
    same = " AND ".join(
        f"{name} = p.{dialect.name(theirs)}"
        for name, theirs in zip(own, key.references, strict=True)
    )
    return (
        f"{filled} AND NOT EXISTS (SELECT 1 FROM {dialect.table(parent)} p "
        f"WHERE {same})"
    )
