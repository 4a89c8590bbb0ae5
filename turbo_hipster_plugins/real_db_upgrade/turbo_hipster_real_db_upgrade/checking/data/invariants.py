"""TH-R203: the dataset's own questions, asked before and after each step.

An answer is never shown.  Two things are: the count that a query asks for,
one that is ``SELECT COUNT(...)`` and nothing else, and what the dataset's
``is:`` says that the answer has to be.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
from typing import Any

from turbo_hipster_databases.schema.sql_text import close_of, tokens
from turbo_hipster_real_db_upgrade.checking.bounding import (
    CutOff,
    bounded,
)
from turbo_hipster_real_db_upgrade.checking.budget import Budget
from turbo_hipster_real_db_upgrade.checking.data.saying import Voice
from turbo_hipster_real_db_upgrade.checking.data.stating import State
from turbo_hipster_real_db_upgrade.checking.subject import Subject
from turbo_hipster_real_db_upgrade.datasets.description import Invariant
from turbo_hipster_real_db_upgrade.judging import ids
from turbo_hipster_real_db_upgrade.judging.scrubbing import (
    normalised,
    scrubbed,
)
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed

READ_ONLY = {
    "sqlite": "PRAGMA query_only = 1",
    "postgresql": "SET default_transaction_read_only = on",
}
"""How a connection is made to change nothing; else as MariaDB has it."""

ADVICE = (
    "The dataset's owner says that this must hold; let the step keep it, or "
    "change the dataset's description with it."
)


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came of a query: its rows, or why there are none."""

    rows: tuple[tuple[Any, ...], ...] = ()
    error: str = ""


def judge(
    subject: Subject,
    step: Rehearsed,
    voice: Voice,
    before: State,
    after: State,
) -> bool:
    """Ask all of the dataset's questions; say whether all hold."""
    well = True
    dataset = subject.ground.case.dataset
    for number, one in enumerate(dataset.invariants, 1):
        asked = f"invariant {number} ({_normal(one.query, before)})"
        if not subject.budget:
            subject.left_out(step, str(subject.budget), asked)
            continue
        try:
            then, now = (
                _ask(state, one.query, subject.budget)
                for state in (before, after)
            )
        except CutOff as cut:
            subject.left_out(step, str(cut), asked)
            continue
        if then.error:
            subject.left_out(step, f"it fails before: {then.error}", asked)
            continue
        if not one.stays and not _is(then, one.value):
            subject.left_out(step, "it does not hold before, either", asked)
            continue
        if now.error:
            told = f"makes {asked} fail: {now.error}"
        elif _holds(one, then, now):
            continue
        else:
            told = f"breaks {asked}: {_told(one, then, now, before)}"
        well = False
        voice.say(
            ids.INVARIANT,
            told,
            limit=None if one.stays else one.value,
            limit_source=f"dataset {dataset.name}",
            advice=ADVICE,
        )
    return well


def _ask(state: State, query: str, budget: Budget) -> Answer:
    engine = state.server.engine.name
    guard = READ_ONLY.get(engine, "SET SESSION TRANSACTION READ ONLY")
    with contextlib.closing(state.server.connect()) as connection:
        try:
            with contextlib.closing(connection.cursor()) as cursor:
                cursor.execute(guard)
                with bounded(connection, engine, budget):
                    cursor.execute(query)
                    return Answer(tuple(map(tuple, cursor.fetchall())))
        except Exception as error:  # as many kinds as there are drivers
            if not _of_driver(error):
                raise
            return Answer(error=scrubbed(engine, error))


def _of_driver(error: Exception) -> bool:
    names = {one.__name__ for one in type(error).__mro__}
    return bool(names & {"DatabaseError", "InterfaceError", "Warning"})


def _holds(one: Invariant, then: Answer, now: Answer) -> bool:
    if not one.stays:
        return _is(now, one.value)
    # no order is asked of an answer
    return collections.Counter(map(repr, then.rows)) == collections.Counter(
        map(repr, now.rows)
    )


def _is(answer: Answer, value: str | float | None) -> bool:
    """Say whether an answer is that one value, as a number or as a text."""
    if len(answer.rows) != 1 or len(answer.rows[0]) != 1:
        return False
    found = answer.rows[0][0]
    if isinstance(value, int | float) and not isinstance(found, str | bytes):
        return found is not None and float(found) == float(value)
    return str(found) == str(value)


def _told(one: Invariant, then: Answer, now: Answer, state: State) -> str:
    """Say what is wrong, without a value of the dataset."""
    counts = _counts(one.query, state)
    if not one.stays:
        has = f"it is {now.rows[0][0]}" if counts else "it is not"
        return (
            f"{has}, and has to be {one.value}"
            if counts
            else (f"its answer has to be {one.value}, and is another")
        )
    if counts:
        return f"{then.rows[0][0]} became {now.rows[0][0]}"
    if len(then.rows) != len(now.rows):
        return f"its answer had {len(then.rows)} rows, and has {len(now.rows)}"
    return "its answer is another"


def _counts(query: str, state: State) -> bool:
    """Say whether a query asks for nothing but a count of rows."""
    words = tokens(query, state.server.engine.name)
    if not words or not words[0].says("select") or len(words) < 4:
        return False
    if not words[1].says("count") or words[2] != ("sign", "("):
        return False
    end = close_of(words, 2) + 1
    return (end == len(words) or words[end].says("from")) and not any(
        word.says("union", "group", "intersect", "except") for word in words
    )


def _normal(query: str, state: State) -> str:
    text = normalised(query, state.server.engine.name)
    return text if len(text) <= 120 else f"{text[:119]}…"
