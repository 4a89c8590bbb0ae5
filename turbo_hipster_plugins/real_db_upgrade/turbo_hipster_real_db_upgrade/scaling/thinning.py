# ruff: noqa: S608  (names are the database's own, in quotes)
"""A part of the rows stays, and the others go."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from turbo_hipster.exceptions import CannotJudge, RefusedInput
from turbo_hipster_real_db_upgrade.catalogue.asking import (
    ERRORS,
    code,
    execute,
    number,
    rows,
)
from turbo_hipster_real_db_upgrade.catalogue.dialects import (
    DIALECTS,
    HASH,
    Dialect,
)
from turbo_hipster_real_db_upgrade.catalogue.model import Table
from turbo_hipster_real_db_upgrade.catalogue.reading import read
from turbo_hipster_real_db_upgrade.catalogue.unchecked import unchecked
from turbo_hipster_real_db_upgrade.scaling.staying import Staying


class ThinningFailed(CannotJudge):
    """The engine did not let rows go; the text has its code, and no value."""


def thin(engine_name: str, connection: Any, share: float) -> Mapping[str, int]:
    """Let a ``share`` of the rows of each table stay, from 0 to 1.

    ``connection`` is a DB-API connection in autocommit mode, such as
    ``Server.connect()`` of the engine ``sqlite``, ``mariadb``, ``mysql`` or
    ``postgresql`` returns, to a database that nobody else works on: a clone.
    It is of no use when this fails.

    What stays is chosen by a hash of each row's key, so that it is always
    the same, and what stays of 1 % also stays of 10 %.  A row goes with the
    parent that it belongs to, and parents of rows that stay do stay, so that
    foreign keys hold as far as they did; rows of a tree may lose the parent
    in their own table.  Tables of fewer than 1,000 rows stay whole, and so do
    those of migration tools.  Shares are therefore not met to the row: the
    numbers that are returned tell.  No trigger fires.  The database takes no
    more room on disk afterwards than its rows need.

    Returns the rows of each table afterwards.  Raises NoCatalogue,
    ThinningFailed, and RefusedInput for a share that is none.
    """
    if not 0 < share <= 1:
        raise RefusedInput(
            f"a share of {share:g} cannot stay; it is more than 0, at most 1"
        )
    try:
        return _thinned(engine_name, connection, share)
    except ERRORS as error:
        raise ThinningFailed(
            f"no {share:.0%} of the rows can be had on {engine_name}, which "
            f"says {code(error)}"
        ) from error


def _thinned(
    engine_name: str, connection: Any, share: float
) -> Mapping[str, int]:
    tables = read(engine_name, connection)
    dialect = DIALECTS[engine_name]
    counts = _counted(dialect, connection, tables)
    if share == 1:
        return counts
    with _with_hash(engine_name, connection):
        staying = Staying(
            engine_name, dialect, connection, tables, counts, share
        )
        staying.work_out()
        with unchecked(engine_name, connection):
            if engine_name in ("mariadb", "mysql"):
                # as it stands there: no number for a 0, and dates without day
                execute(connection, "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
            _replace(engine_name, dialect, connection, tables, staying)
        staying.close()
    _compact(engine_name, connection)
    return _counted(dialect, connection, tables)


def _counted(
    dialect: Dialect, connection: Any, tables: Mapping[str, Table]
) -> Mapping[str, int]:
    return {
        name: number(
            connection, f"SELECT COUNT(*) FROM {dialect.table(table)}"
        )
        for name, table in tables.items()
    }


@contextlib.contextmanager
def _with_hash(engine_name: str, connection: Any) -> Iterator[None]:
    """Give SQLite a function that the others have."""
    if engine_name != "sqlite":
        yield
        return
    connection.create_function(HASH, -1, _hash, deterministic=True)
    try:
        yield
    finally:
        connection.create_function(HASH, -1, None)


def _hash(*values: object) -> int:
    return zlib.crc32(repr(values).encode())


def _replace(
    engine_name: str,
    dialect: Dialect,
    connection: Any,
    tables: Mapping[str, Table],
    staying: Staying,
) -> None:
    """Copy what stays, empty the tables, and put it back.

    That is quicker than to delete most rows, and leaves no holes.
    """
    names = staying.thinned
    if engine_name == "postgresql":  # one is not emptied without the others
        names = _with_children(tables, names)
    copies = {name: f"th_rows_{place}" for place, name in enumerate(names)}
    for name, copy in copies.items():
        values = staying.values(name)
        listed = ", ".join(
            f"{value} AS {dialect.name(column)}"
            for column, value in values.items()
        )
        execute(
            connection,
            f"CREATE {dialect.temporary}TABLE {copy} AS SELECT {listed} "
            f"FROM {staying.rows(name)}",
        )
    for statement in _emptying(engine_name, dialect, tables, names):
        execute(connection, statement)
    for name, copy in copies.items():
        columns = dialect.names(staying.values(name))
        execute(
            connection,
            f"INSERT INTO {dialect.table(tables[name])} ({columns})"
            f"{dialect.overriding} SELECT {columns} FROM {copy}",
        )
        execute(connection, f"DROP TABLE {copy}")


def _with_children(tables: Mapping[str, Table], names: list[str]) -> list[str]:
    """Add all tables that refer to one of these."""
    found = list(names)
    for name in found:  # grows meanwhile
        found += [
            table.name
            for table in tables.values()
            if table.name not in found
            and any(key.table == name for key in table.foreign_keys)
        ]
    return found


def _emptying(
    engine_name: str,
    dialect: Dialect,
    tables: Mapping[str, Table],
    names: list[str],
) -> Iterator[str]:
    quoted = [dialect.table(tables[name]) for name in names]
    if engine_name == "postgresql":
        if quoted:
            yield f"TRUNCATE {', '.join(quoted)}"
        return
    word = "DELETE FROM" if engine_name == "sqlite" else "TRUNCATE TABLE"
    for name in quoted:
        yield f"{word} {name}"


def _compact(engine_name: str, connection: Any) -> None:
    """Give room back to the disk, where emptying did not do it yet."""
    if engine_name == "sqlite":
        ((before,),) = rows(connection, "PRAGMA synchronous")
        execute(connection, "PRAGMA synchronous = 0")
        execute(connection, "VACUUM")
        execute(connection, f"PRAGMA synchronous = {before}")
    if engine_name in ("sqlite", "postgresql"):
        execute(connection, "ANALYZE")
    else:
        for table, _ in rows(
            connection, "SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'"
        ):
            rows(connection, f"ANALYZE TABLE `{table}`")
