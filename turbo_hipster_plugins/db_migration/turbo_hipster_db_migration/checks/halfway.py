"""TH-M301: a step that was killed half-way can be run again.

The step runs on a clone of the state before it and its process is killed
after its first, its middle and its last statement; where the tool lets us
see no statements, after 25, 50 and 75 % of its time.  When its session on the
server is over, too, which may take as long as its statement and the rolling
back, the tool is started anew, as an operator would.  An engine that rolls
such a step back passes by itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.model import Ran
from turbo_hipster_databases.schema.comparing import compare, render
from turbo_hipster_databases.servers import sessions
from turbo_hipster_databases.snapshots import Snapshot
from turbo_hipster_db_migration import rows
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.sentence import sentence
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


@dataclasses.dataclass(frozen=True, slots=True)
class Harm:
    """What being killed does: in a sentence, in lines, and what was left."""

    point: Point
    says: str
    lines: str
    left: str


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
    if not walk.judged:
        ground.board.idle(ground.name, HALFWAY)


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
    harm = [
        found
        for point in where
        for found in _killed(ground, stage, states.at(stage.path), point)
    ]
    if not harm:
        return
    ground.board.found(
        HALFWAY,
        f"Killed half-way on {ground.engine.title}, {revision} {harm[0].says}",
        place(ground.name, stage.migration),
        measured="killed " + "; ".join(one.point.says for one in harm),
        advice="Let each statement bear to be run again (IF NOT EXISTS, a "
        "look at what is there), or make it a migration of its own.",
        detail="\n\n".join(_told(harm)),
    )


def _told(harm: Sequence[Harm]) -> Iterator[str]:
    """Yield a text for each kind of harm, not for each point."""
    alike: dict[tuple[str, str], list[Harm]] = {}
    for one in harm:
        alike.setdefault((one.says, one.lines), []).append(one)
    for (says, lines_), same in alike.items():
        where = ", ".join(one.point.says for one in same)
        yield f"Killed {where}, it {says}"
        if same[0].left:
            yield f"What it had done {same[0].point.says}:\n{same[0].left}"
        yield lines_


def _killed(
    ground: Ground, stage: Stage, snapshot: Snapshot, point: Point
) -> Iterator[Harm]:
    """Yield what harm it does to be killed there, at most once."""
    migration, board = stage.migration, ground.board
    with ground.clone(snapshot) as server:
        with ground.stepper(server) as stepper:
            ran = ground.step(stepper, migration, **point.how)
        if not ran.died:
            said = told(ran.failure) if ran.failure else "it was done before"
            board.skipped(
                ground.name,
                HALFWAY,
                f"{migration.revision} {point.says}",
                f"it could not be killed there: {said}",
            )
            return
        if not sessions.alone(server, ground.timeout, ground.over):
            ground.go_on()
            board.skipped(
                ground.name,
                HALFWAY,
                f"{migration.revision} {point.says}",
                "the server was still at work on it after "
                f"{ground.timeout:g} s (step_timeout)",
            )
            return
        board.passed(ground.name, HALFWAY)
        left = render(compare(stage.before, ground.schema(server)))
        with ground.stepper(server) as stepper:
            if set(stepper.current()) != set(stage.reached):
                again = ground.step(stepper, migration)
                if again.failure is not None:
                    yield Harm(
                        point,
                        f"cannot be run again: {told(again.failure)}",
                        lines(again.failure, ground.project.checkout),
                        left,
                    )
                    return
        for says, more in ends_otherwise(ground, stage, server):
            yield Harm(point, says, more, left)


def ends_otherwise(
    ground: Ground, stage: Stage, server: Server
) -> Iterator[tuple[str, str]]:
    """Yield in what the database is not as after one undisturbed run."""
    schema = ground.schema(server)
    other = compare(stage.after, schema)
    if other:
        yield f"ends in another schema: {sentence(other)}", render(other)
        return
    now = rows.count(server)
    counts = [
        f"~ table {name}: {stage.rows.get(name, 0)} → {now[name]} rows"
        for name in now
        if now[name] != stage.rows.get(name, 0)
    ]
    if counts:
        yield (
            f"ends with other rows: {counts[0].removeprefix('~ ')}",
            "\n".join(counts),
        )
