# ruff: noqa: S608  (the names are the database's own, and quoted)
"""What stands in a table before it is filled."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from turbo_hipster_real_db_upgrade.catalogue.asking import number, rows
from turbo_hipster_real_db_upgrade.catalogue.dialects import Dialect
from turbo_hipster_real_db_upgrade.catalogue.model import Kind, Table

MOST = 200
"""Rows that children refer to, of a table that gets no further ones."""


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """``rows`` stand there; the next one made has the number ``first``.

    ``given`` are those that children may refer to, where none are made.
    """

    rows: int
    first: int
    given: Sequence[Mapping[str, Any]] = ()


def look(
    dialect: Dialect, connection: Any, table: Table, wanted: int
) -> Standing:
    """Look at a table that is to have ``wanted`` rows in the end."""
    name = dialect.table(table)
    count = number(connection, f"SELECT COUNT(*) FROM {name}")
    if not count:
        return Standing(0, 1)
    counting = [
        column
        for unique in table.uniques
        for column in unique
        if table.columns[column].kind is Kind.WHOLE
    ]
    tops = [
        number(connection, f"SELECT MAX({dialect.name(column)}) FROM {name}")
        for column in dict.fromkeys(counting)
    ]
    given: list[dict[str, Any]] = []
    if count >= wanted:
        names = [one.name for one in table.columns.values()]
        order = dialect.names(table.primary or table.columns)
        given = [
            dict(zip(names, row, strict=True))
            for row in rows(
                connection,
                f"SELECT {dialect.names(names)} FROM {name} "
                f"ORDER BY {order} LIMIT {MOST}",
            )
        ]
    return Standing(count, max(count, *tops, 0) + 1, given)
