"""The statements of each step, as the engine saw them.

They are normalised: no value is in them.  Where an engine has no statements
of its own (SQLite), those that the tool executed are shown without times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from turbo_hipster_databases.model import Direction, Statement
from turbo_hipster_real_db_upgrade.climbing.climb import Climbed
from turbo_hipster_real_db_upgrade.judging.scrubbing import normalised
from turbo_hipster_real_db_upgrade.judging.sentences import amount, seconds
from turbo_hipster_real_db_upgrade.showing.steps import unbroken
from turbo_hipster_real_db_upgrade.words import Case, Took

MOST = 30
"""Statements of a step that are shown: those that took longest."""

LONGEST = 300
"""Characters of a statement."""

SPANS = (
    (0.01, "below 10 ms"),
    (0.1, "below 100 ms"),
    (1.0, "below 1 s"),
    (300.0, "below 5 min"),
    (float("inf"), "longer"),
)


def rows(climbs: Mapping[Case, Climbed]) -> list[dict[str, str]]:
    """Return a row for each kind of statement of each step."""
    return [
        {**_on(case, climbs), "step": unbroken(took.step), **row}
        for case, took in _ups(climbs)
        for row in _of(took, case.engine)
    ]


def spread(climbs: Mapping[Case, Climbed]) -> list[dict[str, str | int]]:
    """Return how many statements of a step took how long.

    The slowest of a kind counts by itself, the others by their mean.
    """
    found: list[dict[str, str | int]] = []
    for case, took in _ups(climbs):
        statements = took.measured.statements if took.measured else ()
        counts: Counter[str] = Counter()
        for one in statements:
            counts[_span(one.slowest)] += 1
            if one.calls > 1:
                rest = max(one.seconds - one.slowest, 0.0)
                counts[_span(rest / (one.calls - 1))] += one.calls - 1
        if statements:
            named = {name: counts[name] for _, name in SPANS}
            on = _on(case, climbs)
            found.append({**on, "step": unbroken(took.step), **named})
    return found


def _on(case: Case, climbs: Mapping[Case, Climbed]) -> dict[str, str]:
    return {"on": str(case)} if len(climbs) > 1 else {}


def _ups(climbs: Mapping[Case, Climbed]) -> Iterator[tuple[Case, Took]]:
    for case, climbed in climbs.items():
        for took in climbed.new:
            if took.direction is Direction.UP:
                yield case, took


def _of(took: Took, engine: str) -> Iterator[dict[str, str]]:
    seen = took.measured.statements if took.measured else ()
    if seen:
        longest = sorted(seen, key=lambda one: one.seconds, reverse=True)
        yield from map(_row, longest[:MOST])
        return
    told = Counter(
        normalised(text, engine) for text in took.ran.statements or ()
    )
    for text, calls in told.most_common(MOST):
        yield {"statement": text[:LONGEST], "calls": amount(calls)}


def _row(one: Statement) -> dict[str, str]:
    return {
        "statement": one.text[:LONGEST],
        "calls": amount(one.calls),
        "total": seconds(one.seconds),
        "slowest": seconds(one.slowest),
        "mean": seconds(one.seconds / max(one.calls, 1)),
        "rows": "" if one.rows is None else amount(one.rows),
    }


def _span(took: float) -> str:
    return next(name for most, name in SPANS if took < most)
