"""Filling a schema: to so many rows a table, with every key kept."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from turbo_hipster_real_db_upgrade.catalogue.asking import ERRORS, line
from turbo_hipster_real_db_upgrade.catalogue.dialects import DIALECTS
from turbo_hipster_real_db_upgrade.catalogue.model import Table
from turbo_hipster_real_db_upgrade.catalogue.orphans import orphans
from turbo_hipster_real_db_upgrade.catalogue.reading import read
from turbo_hipster_real_db_upgrade.catalogue.unchecked import unchecked
from turbo_hipster_real_db_upgrade.making.conditions import narrowed
from turbo_hipster_real_db_upgrade.making.inserting import (
    insert,
    settle,
)
from turbo_hipster_real_db_upgrade.making.plan import Plan
from turbo_hipster_real_db_upgrade.making.refusal import CannotFill
from turbo_hipster_real_db_upgrade.making.standing import look

Progress = Callable[[str, int, int], None]
"""Is told a table, how many rows of it are made, and how many will be."""


def fill(
    engine_name: str,
    connection: Any,
    rows: int,
    *,
    rows_of: Mapping[str, int] | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Mapping[str, int]:
    """Fill the tables of a database to ``rows`` rows each.

    ``connection`` is a DB-API connection in autocommit mode, such as
    ``Server.connect()`` of the engine ``sqlite``, ``mariadb``, ``mysql`` or
    ``postgresql`` returns; no other should be at work on the database.
    ``rows_of`` gives single tables another number; 0 leaves one as it is.
    Rows that stand there already stay, and count.  The tables of migration
    tools are left alone.

    Primary and unique keys, foreign keys, NOT NULL, types, enumerations and
    check constraints of simple form are kept.  A table whose keys allow
    fewer rows (two parents' combinations, say) gets those.  The same
    ``seed`` makes the same rows on the same schema.  Triggers do not fire.

    Returns the rows of each table in the end.  Raises CannotFill, whose text
    names table and column, and NoCatalogue.
    """
    tables = read(engine_name, connection)
    dialect = DIALECTS[engine_name]
    asked = _asked(tables, rows, rows_of or {})
    standing = {
        name: look(dialect, connection, table, asked[name])
        for name, table in tables.items()
    }
    plan = Plan(
        dialect,
        tables,
        {name: narrowed(table, engine_name) for name, table in tables.items()},
        standing,
        {
            name: max(0, count - standing[name].rows)
            for name, count in asked.items()
        },
        seed,
    )
    # all is worked out before the first row is made: what cannot be is said
    values = {name: plan.values(name) for name in tables if plan.rows[name]}
    with _judged(), unchecked(engine_name, connection):
        for name, its in values.items():
            count, first = plan.rows[name], standing[name].first

            def told(done: int, name: str = name, count: int = count) -> None:
                if progress is not None:
                    progress(name, done, count)

            insert(
                dialect,
                connection,
                tables[name],
                its,
                first,
                first + count - 1,
                told,
            )
    for name in values:
        settle(engine_name, dialect, connection, tables[name])
    for one in orphans(engine_name, dialect, connection, tables):
        raise CannotFill(f"{one}; this is a fault of ours, please report it")
    return {name: standing[name].rows + plan.rows[name] for name in tables}


@contextlib.contextmanager
def _judged() -> Iterator[None]:
    """Say what an index or a trigger has against the rows, at the end."""
    try:
        yield
    except ERRORS as error:
        raise CannotFill(
            f"the engine refuses the rows that were made: {line(error)}"
        ) from error


def _asked(
    tables: Mapping[str, Table], rows: int, rows_of: Mapping[str, int]
) -> Mapping[str, int]:
    """Return how many rows each table is to have."""
    for name in rows_of:
        if name not in tables:
            near = difflib.get_close_matches(name, tables, 1)
            advice = (
                f"did you mean {near[0]}?"
                if near
                else f"there are {', '.join(sorted(tables)) or 'none'}"
            )
            raise CannotFill(f"there is no table {name!r}; {advice}")
    return {name: rows_of.get(name, rows) for name in tables}
