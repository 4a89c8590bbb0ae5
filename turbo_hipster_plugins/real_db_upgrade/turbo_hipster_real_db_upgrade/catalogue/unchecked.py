"""Many rows come and go, and nothing is checked until the end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from turbo_hipster_real_db_upgrade.catalogue.asking import execute, rows

CACHE = -262_144
"""KiB of SQLite's cache meanwhile, as its pragma wants it."""


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
        for _, _, sql in aside:
            execute(connection, sql)
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
    execute(connection, "SET cte_max_recursion_depth = 4294967295")
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
