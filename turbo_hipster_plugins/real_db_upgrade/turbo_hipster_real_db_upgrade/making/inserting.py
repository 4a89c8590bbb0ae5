# ruff: noqa: S608  (the names are the database's own, and quoted)
"""Rows go in, many at a time, made inside the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from turbo_hipster_real_db_upgrade.catalogue.asking import (
    ERRORS,
    execute,
    line,
    rows,
)
from turbo_hipster_real_db_upgrade.catalogue.dialects import Dialect
from turbo_hipster_real_db_upgrade.catalogue.model import Kind, Table
from turbo_hipster_real_db_upgrade.making.refusal import CannotFill

AT_ONCE = 100_000
"""Rows of one statement."""


def insert(
    dialect: Dialect,
    connection: Any,
    table: Table,
    values: Mapping[str, str],
    first: int,
    last: int,
    done: Callable[[int], None],
) -> None:
    """Insert the rows from ``first`` to ``last``; tells how many are done.

    ``values`` are the SQL of each column in terms of ``n``.  Raises
    CannotFill when the engine refuses them.
    """
    name = dialect.table(table)
    for start in range(first, last + 1, AT_ONCE):
        end = min(start + AT_ONCE - 1, last)
        statement = (
            f"INSERT INTO {name} ({dialect.names(values)})"
            f"{dialect.overriding} SELECT {', '.join(values.values())} "
            f"FROM {dialect.numbers(start, end)} numbers"
        )
        try:
            execute(connection, statement)
        except ERRORS as error:
            raise CannotFill(
                f"{table}: the engine refuses the rows that were made: "
                f"{line(error)}; leave the table out with --rows-of "
                f"{table}=0, and fill it by hand"
            ) from error
        done(end - first + 1)


def settle(
    engine_name: str, dialect: Dialect, connection: Any, table: Table
) -> None:
    """Have the engine count on from the last row, and know its sizes."""
    name = dialect.table(table)
    if engine_name != "postgresql":
        rows(
            connection,
            f"ANALYZE {'' if engine_name == 'sqlite' else 'TABLE '}{name}",
        )
        return
    execute(connection, f"ANALYZE {name}")
    for column in table.columns.values():
        if column.kind is Kind.WHOLE and column.default:
            quoted = dialect.name(column.name)
            rows(
                connection,
                "SELECT setval(pg_get_serial_sequence("
                f"{dialect.literal(name)}, {dialect.literal(column.name)}), "
                f"(SELECT GREATEST(MAX({quoted}), 1) FROM {name}))",
            )
