"""TH-M401: the engines end in schemas that are equivalent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from turbo_hipster import model
from turbo_hipster_databases.schema.comparing import render
from turbo_hipster_databases.schema.difference import Difference
from turbo_hipster_databases.schema.equivalence import equivalent
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_db_migration.board import Board
from turbo_hipster_db_migration.walk import Walk
from turbo_hipster_db_migration.words import ENGINES, counted

Ends = Mapping[str, Schema | None]
"""Schemas at the end of a walk, by engine; None where it cannot be told."""


def check(
    board: Board,
    walks: Mapping[str, Walk],
    titles: Mapping[str, str],
    before: Callable[[Sequence[str]], Ends],
) -> None:
    """Compare every engine with the first; what was unlike before is a note.

    ``walks`` are those that came to the head, ``titles`` all engines' names.
    ``before`` returns where these engines ended before the change; it is
    asked only when there is something to excuse.
    """
    first, *rest = [name for name in titles if name in walks] or [""]
    for name in titles:
        if not rest or name not in walks:
            why = "there is no other engine to compare it with"
            if name not in walks:
                why = "the history did not come to its head there"
            board.skipped(name, ENGINES, "", why)
    unlike = {name: _unlike(walks[first], walks[name]) for name in rest}
    names = [name for name in rest if unlike[name]]
    was = before([first, *names]) if names else {}
    for name in names:
        _found(board, unlike[name], _old(walks, was, first, name),
               (first, name), titles)  # fmt: skip
    for name in [first, *rest] if rest else ():
        board.passed(name, ENGINES)


def _found(
    board: Board,
    unlike: Sequence[Difference],
    old: frozenset[str],
    names: tuple[str, str],
    titles: Mapping[str, str],
) -> None:
    """Point at what is new, and at the rest apart."""
    first, name = names
    for known in (False, True):
        some = [one for one in unlike if (str(one) in old) is known]
        if not some:
            continue
        ends = "ended" if known else "end"
        more = f", and {len(some) - 1} more" if len(some) > 1 else ""
        board.found(
            ENGINES,
            f"{titles[first]} and {titles[name]} {ends} in schemas that are "
            f"not equivalent{' before this change' if known else ''}: "
            f"{some[0]}{more}",
            {"engine": name, "other": first},
            severity=model.Severity.NOTE if known else model.Severity.FAIL,
            measured=counted(len(some), "difference"),
            advice="Write the migration so that it means the same on "
            "each engine.",
            detail=render(some),
        )


def _unlike(one: Walk, other: Walk) -> Sequence[Difference]:
    assert one.schema is not None and other.schema is not None
    return equivalent(one.schema, other.schema)


def _old(
    walks: Mapping[str, Walk], was: Ends, first: str, name: str
) -> frozenset[str]:
    """Return what differed before the change, as lines.

    Where the base did not come to its end that is what differed before the
    first step that is judged.
    """
    ends = was.get(first), was.get(name)
    if ends[0] is None or ends[1] is None:
        ends = _start(walks[first]), _start(walks[name])
    if ends[0] is None or ends[1] is None:
        return frozenset()
    return frozenset(map(str, equivalent(ends[0], ends[1])))


def _start(walk: Walk) -> Schema | None:
    """Return the schema before the first judged step; None: all are."""
    if not walk.stages:
        return walk.schema
    return walk.stages[0].before if walk.stages[0].path else None
