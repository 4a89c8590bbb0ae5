"""The rows that made a step fail, found on a copy of the data before it.

What the step did before it failed is done again, as far as its statements
can be: those with parameters cannot.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from turbo_hipster_real_db_upgrade.catalogue.reading import read
from turbo_hipster_real_db_upgrade.checking.data.breaking.demands import (
    quoted,
)
from turbo_hipster_real_db_upgrade.checking.data.breaking.rules import (
    ROWS,
    Rule,
    of_statement,
)
from turbo_hipster_real_db_upgrade.checking.data.comparing.model import (
    FEW,
    shown,
)
from turbo_hipster_real_db_upgrade.ground import Ground
from turbo_hipster_real_db_upgrade.judging.offence import Offence
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed


class _Refused(Exception):
    """The engine does not answer this."""


def offence(ground: Ground, rehearsed: Sequence[Rehearsed]) -> Offence | None:
    """Return what made the last step fail; None: it cannot be told."""
    last = rehearsed[-1] if rehearsed else None
    if last is None or last.failure is None or not last.failure.statement:
        return None
    engine, text = ground.case.engine, last.failure.statement
    with (
        ground.clone(last.before.snapshot) as server,
        contextlib.closing(server.connect()) as connection,
    ):
        if not _again(connection, last):
            return None
        return broken(engine, connection, text)


def broken(engine: str, connection: Any, statement: str) -> Offence | None:
    """Return the first demand of a statement that rows do not meet."""
    tables = read(engine, connection)
    if engine in ("mariadb", "mysql"):
        _ask(connection, "SET SESSION sql_mode = 'ANSI_QUOTES'")
    for rule in of_statement(engine, statement, tables):
        found = _offence(connection, rule)
        if found is not None:
            return found
    return None


def _again(connection: Any, step: Rehearsed) -> bool:
    """Do again what the step did before it failed; say whether all went."""
    assert step.failure is not None
    statements = list(step.statements or ())
    if statements and statements[-1] == step.failure.statement:
        statements.pop()
    return all(_try(connection, one) for one in statements)


def _try(connection: Any, statement: str) -> bool:
    try:
        _ask(connection, statement)
    except _Refused:
        return False
    return True


def _offence(connection: Any, rule: Rule) -> Offence | None:
    heads = ", ".join(map(quoted, rule.heads))
    heads = f" ({heads})" if heads else ""
    given = f"{ROWS}{heads} AS ({rule.rows})"
    key = ", ".join(map(quoted, rule.key))
    asked = f"FROM {ROWS} WHERE {rule.breaks}"
    try:
        [(count,)] = _ask(connection, f"WITH {given} SELECT COUNT(*) {asked}")
        first: Sequence[tuple[Any, ...]] = ()
        if count and key:
            first = _ask(
                connection,
                f"WITH {given} SELECT {key} {asked}"
                f" ORDER BY {key} LIMIT {FEW}",
            )
    except _Refused:
        return None
    if not count:
        return None
    told = tuple(map(shown, first))
    return Offence(rule.table, int(count), rule.says, rule.name, told)


def _ask(connection: Any, query: str) -> list[tuple[Any, ...]]:
    try:
        with contextlib.closing(connection.cursor()) as cursor:
            cursor.execute(query)
            if cursor.description is None:
                return []
            return [tuple(row) for row in cursor.fetchall()]
    except Exception as error:  # as many kinds as there are drivers
        names = {one.__name__ for one in type(error).__mro__}
        if not names & {"DatabaseError", "InterfaceError", "Warning"}:
            raise
        raise _Refused(str(error)) from None
