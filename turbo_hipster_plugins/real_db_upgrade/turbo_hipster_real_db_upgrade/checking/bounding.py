"""Queries of later passes end with the pass's budget, in their midst, too."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from turbo_hipster_real_db_upgrade.checking.budget import Budget

LIMITS = {
    "mariadb": "SET max_statement_time = {seconds:.3f}",
    "mysql": "SET max_execution_time = {milliseconds:.0f}",
    "postgresql": "SET statement_timeout = {milliseconds:.0f}",
}
"""How a session is told the longest that a statement may take."""

OVERDUE = {"1969", "3024", "57014", "SQLITE_INTERRUPT"}
"""Codes of a statement that was ended for that."""

STEPS = 100_000
"""Instructions of SQLite's machine between two looks, some milliseconds."""

ROWS = 10_000
"""Rows of a stream between two looks."""

LEAST = 0.001
"""Seconds; engines take nothing for no limit at all."""


class CutOff(Exception):
    """The budget was used up before the answer was there; the text says so."""


@contextlib.contextmanager
def bounded(
    connection: Any, engine: str, budget: Budget | None
) -> Iterator[None]:
    """Let what is asked end with the budget; raises CutOff then."""
    if budget is None:
        yield
        return
    if not budget:
        raise CutOff(str(budget))
    _limit(connection, engine, budget)
    try:
        yield
    except connection.Error as error:
        if _code(error) in OVERDUE:
            raise CutOff(str(budget)) from None
        raise
    finally:
        if engine == "sqlite":
            connection.set_progress_handler(None, 0)


def in_time(
    rows: Iterator[tuple[Any, ...]], budget: Budget | None
) -> Iterator[tuple[Any, ...]]:
    """Yield rows as long as there is budget; raises CutOff then."""
    for number, row in enumerate(rows, 1):
        if budget is not None and number % ROWS == 0 and not budget:
            raise CutOff(str(budget))
        yield row


def _limit(connection: Any, engine: str, budget: Budget) -> None:
    if engine == "sqlite":
        connection.set_progress_handler(lambda: not budget, STEPS)
        return
    left = max(budget.left, LEAST)
    text = LIMITS[engine].format(seconds=left, milliseconds=left * 1000)
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute(text)


def _code(error: Exception) -> str:
    first = error.args[0] if error.args else ""
    if isinstance(first, int):  # the drivers of MariaDB and MySQL
        return str(first)
    for name in ("sqlstate", "sqlite_errorname"):
        code = getattr(error, name, None)
        if code:
            return str(code)
    return ""
