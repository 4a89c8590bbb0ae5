# ruff: noqa: S608  (the names are the database's own, and quoted)
"""Rows go in, many at a time, made inside the server."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import psycopg
import pymysql

from turbo_hipster_real_db_upgrade.catalogue.asking import execute, rows
from turbo_hipster_real_db_upgrade.catalogue.model import Kind, Table
from turbo_hipster_real_db_upgrade.making.dialects import Dialect
from turbo_hipster_real_db_upgrade.making.refusal import CannotFill

AT_ONCE = 100_000
"""Rows of one statement."""

ERRORS = (sqlite3.Error, pymysql.err.Error, psycopg.Error)

CACHE = -262_144
"""KiB of SQLite's cache meanwhile, as its pragma wants it."""


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
                f"{_line(error)}; leave the table out with --rows-of "
                f"{table}=0, and fill it by hand"
            ) from error
        done(end - first + 1)


def _line(error: Exception) -> str:
    """Return the first line that an engine says."""
    text = str(error.args[-1] if error.args else error)
    return text.strip().split("\n")[0]


@contextlib.contextmanager
def unchecked(engine_name: str, connection: Any) -> Iterator[None]:
    """Have the engine check no foreign key and fire no trigger, for a while.

    All of it is checked at the end.  A transaction is open meanwhile where
    that makes it quicker.
    """
    with _AROUND[engine_name](connection):
        yield


@contextlib.contextmanager
def _sqlite(connection: Any) -> Iterator[None]:
    """Indexes are quicker to make at the end, and triggers stay silent."""
    pragmas = {
        "foreign_keys": 0,
        "synchronous": 0,
        "journal_mode": "MEMORY",
        "cache_size": CACHE,
    }
    before = {
        name: rows(connection, f"PRAGMA {name}")[0][0] for name in pragmas
    }
    for name, value in pragmas.items():
        rows(connection, f"PRAGMA {name} = {value}")
    aside = rows(
        connection,
        "SELECT type, name, sql FROM sqlite_master WHERE type IN "
        "('index', 'trigger') AND sql IS NOT NULL ORDER BY type",
    )
    try:
        execute(connection, "BEGIN IMMEDIATE")
        for kind, name, _ in aside:
            quoted = name.replace('"', '""')
            execute(connection, f'DROP {kind} "{quoted}"')
        yield
        for _, name, sql in aside:
            try:
                execute(connection, sql)
            except sqlite3.Error as error:
                raise CannotFill(
                    f"{name} cannot be made on the rows: {error}"
                ) from error
        execute(connection, "COMMIT")
    finally:
        if connection.in_transaction:
            execute(connection, "ROLLBACK")
        for name, value in before.items():
            rows(connection, f"PRAGMA {name} = {value}")


@contextlib.contextmanager
def _mariadb(connection: Any) -> Iterator[None]:
    """Each statement is a transaction; triggers are made anew at the end."""
    triggers = [
        rows(connection, f"SHOW CREATE TRIGGER `{row[0]}`")[0][:3]
        for row in rows(connection, "SHOW TRIGGERS")
    ]
    variables = ("foreign_key_checks", "unique_checks", "sql_mode")
    ((*before,),) = rows(
        connection,
        f"SELECT {', '.join(f'@@SESSION.{name}' for name in variables)}",
    )
    for trigger, _mode, _sql in triggers:
        execute(connection, f"DROP TRIGGER `{trigger}`")
    try:
        execute(connection, "SET foreign_key_checks = 0, unique_checks = 0")
        yield
    finally:
        for _trigger, mode, sql in triggers:
            execute(connection, f"SET sql_mode = '{mode}'")
            execute(connection, sql)
        for name, value in zip(variables, before, strict=True):
            shown = f"'{value}'" if isinstance(value, str) else value
            execute(connection, f"SET {name} = {shown}")


@contextlib.contextmanager
def _mysql(connection: Any) -> Iterator[None]:
    execute(connection, f"SET cte_max_recursion_depth = {AT_ONCE + 1}")
    with _mariadb(connection):
        yield


@contextlib.contextmanager
def _postgresql(connection: Any) -> Iterator[None]:
    """A replica takes what it is given."""
    execute(connection, "SET session_replication_role = replica")
    try:
        yield
    finally:
        execute(connection, "RESET session_replication_role")


_AROUND: dict[str, Callable[[Any], Any]] = {
    "sqlite": _sqlite,
    "mariadb": _mariadb,
    "mysql": _mysql,
    "postgresql": _postgresql,
}


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
