"""TH-M301: a step that was killed half-way can be run again.

The step runs on a clone of the state before it and its process is killed
after its first, its middle and its last statement; where the tool lets us
see no statements, after 25, 50 and 75 % of its time.  Then the tool is
started anew, as an operator would.  An engine that rolls such a step back
passes by itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.model import Ran
from turbo_hipster_databases.schema.comparing import compare, render
from turbo_hipster_databases.snapshots import Snapshot
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.states import States
from turbo_hipster_db_migration.walk import Stage, Walk
from turbo_hipster_db_migration.words import HALFWAY, lines, place, told

SHORTEST = 0.05
"""Seconds of a step that can be killed by time."""


@dataclasses.dataclass(frozen=True, slots=True)
class Point:
    """When a step is killed, in words and as arguments of a stepper."""

    says: str
    how: Mapping[str, Any]


def points(ran: Ran, has_hook: bool) -> list[Point]:
    """Return when to kill a step that ran so; none where it cannot be."""
    if not has_hook or ran.statements is None:
        if ran.seconds < SHORTEST:
            return []
        return [
            Point(f"at {share} % of its time",
                  {"kill_at": ran.seconds * share / 100})
            for share in (25, 50, 75)
        ]  # fmt: skip
    count = len(ran.statements)
    return [
        Point(f"after statement {number} of {count}", {"die_after": number})
        for number in sorted({1, (count + 1) // 2, count})
        if 0 < number <= count
    ]


def check(ground: Ground, walk: Walk, states: States) -> None:
    """Kill each judged step, and run it again."""
    for stage in walk.stages:
        _stage(ground, stage, states)
    ground.board.passed(ground.name, HALFWAY)


def _stage(ground: Ground, stage: Stage, states: States) -> None:
    where = points(stage.up.ran, ground.tool.has_statement_hook)
    revision = stage.migration.revision
    if not where:
        why = "it runs no statement"
        if stage.up.ran.statements is None:
            why = (
                f"it takes {stage.up.ran.seconds * 1000:.0f} ms, too short "
                "to be killed by time"
            )
        ground.board.skipped(ground.name, HALFWAY, revision, why)
        return
    harm: list[tuple[Point, str, str]] = []
    for point in where:
        for first, more in _killed(ground, stage, states.before(stage), point):
            harm.append((point, first, more))
    if not harm:
        return
    _point, first, _more = harm[0]
    ground.board.found(
        HALFWAY,
        f"Killed half-way on {ground.engine.title}, {revision} {first}",
        place(ground.name, stage.migration),
        measured="; ".join(dict.fromkeys(point.says for point, *_ in harm)),
        advice="Let each statement bear to be run again (IF NOT EXISTS, a "
        "look at what is there), or make it a migration of its own.",
        detail="\n\n".join(
            f"Killed {point.says}, it {said}.\n\n{more}".strip()
            for point, said, more in harm
        ),
    )


def _killed(
    ground: Ground, stage: Stage, snapshot: Snapshot, point: Point
) -> Iterator[tuple[str, str]]:
    """Yield what harm it does to be killed there, at most once."""
    migration, board = stage.migration, ground.board
    with ground.clone(snapshot) as server:
        with ground.stepper(server) as stepper:
            ran = stepper.step(migration, timeout=ground.timeout, **point.how)
        if not ran.died:
            said = told(ran.failure) if ran.failure else "it was done before"
            board.skipped(
                ground.name,
                HALFWAY,
                f"{migration.revision} {point.says}",
                f"it could not be killed there: {said}",
            )
            return
        left = render(compare(stage.before, ground.schema(server)))
        left = left and f"What it had done until then:\n{left}"
        with ground.stepper(server) as stepper:
            if set(stepper.current()) != set(stage.reached):
                again = stepper.step(migration, timeout=ground.timeout)
                if again.failure is not None:
                    yield (
                        f"cannot be run again: {told(again.failure)}",
                        f"{left}\n\n{lines(again.failure)}".strip(),
                    )
                    return
        yield from ends_otherwise(ground, stage, server)


def ends_otherwise(
    ground: Ground, stage: Stage, server: Server
) -> Iterator[tuple[str, str]]:
    """Yield in what the database is not as after one undisturbed run."""
    schema = ground.schema(server)
    other = compare(stage.after, schema)
    if other:
        yield f"ends in another schema: {other[0]}", render(other)
        return
    rows = ground.rows(server, schema)
    counts = [
        f"~ table {name}: {stage.rows.get(name, 0)} rows → {rows[name]}"
        for name in rows
        if rows[name] != stage.rows.get(name, 0)
    ]
    if counts:
        yield (
            f"ends with other rows: {counts[0].removeprefix('~ ')}",
            "\n".join(counts),
        )
