"""TH-M401: the engines end in schemas that are equivalent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from turbo_hipster_databases.schema.comparing import render
from turbo_hipster_databases.schema.difference import Difference
from turbo_hipster_databases.schema.equivalence import equivalent
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_db_migration.board import Board
from turbo_hipster_db_migration.walk import Walk
from turbo_hipster_db_migration.words import ENGINES, counted


def check(
    board: Board, walks: Mapping[str, Walk], titles: Mapping[str, str]
) -> None:
    """Compare every engine with the first; what was unlike before is not new.

    ``walks`` are those that came to the head, ``titles`` all engines' names.
    """
    first, *rest = [name for name in titles if name in walks] or [""]
    for name in titles:
        if not rest or name not in walks:
            why = "there is no other engine to compare it with"
            if name not in walks:
                why = "the history did not come to its head there"
            board.skipped(name, ENGINES, "", why)
    for name in rest:
        new = _new(walks[first], walks[name])
        if new:
            board.found(
                ENGINES,
                f"{titles[first]} and {titles[name]} end in schemas that are "
                f"not equivalent: {new[0]}"
                + (f", and {len(new) - 1} more" if len(new) > 1 else ""),
                {"engine": name, "other": first},
                measured=counted(len(new), "difference"),
                advice="Write the migration so that it means the same on "
                "each engine.",
                detail=render(new),
            )
        board.passed(name, ENGINES)
    if rest:
        board.passed(first, ENGINES)


def _new(one: Walk, other: Walk) -> Sequence[Difference]:
    """Return what differs at the end and did not before the change."""
    assert one.schema is not None and other.schema is not None
    before = _before(one), _before(other)
    old: set[str] = set()
    if before[0] is not None and before[1] is not None:
        old = {str(line) for line in equivalent(before[0], before[1])}
    return [
        line
        for line in equivalent(one.schema, other.schema)
        if str(line) not in old
    ]


def _before(walk: Walk) -> Schema | None:
    """Return the schema before the change; None: all of it is judged."""
    if not walk.stages:
        return walk.schema
    return walk.stages[0].before if walk.stages[0].path else None
