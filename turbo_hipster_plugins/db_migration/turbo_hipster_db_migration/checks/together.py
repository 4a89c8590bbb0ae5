"""TH-M302: two starts at the same moment do no harm.

Two copies of a service start at once and both migrate.  That one of them
fails is no harm; it is started again.  Harm is when they block each other,
or when the database is not as after one undisturbed run in the end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.migration_tool import Stepper
from turbo_hipster_databases.model import Failure, Migration
from turbo_hipster_db_migration.checks.halfway import ends_otherwise
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.states import States
from turbo_hipster_db_migration.walk import Stage, Walk
from turbo_hipster_db_migration.words import TOGETHER, lines, place, told

MEETING = 60.0
"""Seconds in which both must have come to the start."""


def check(ground: Ground, walk: Walk, states: States) -> None:
    """Start each run of judged steps twice at the same moment."""
    for stages in runs(walk):
        _run(ground, stages, states)
        ground.board.passed(ground.name, TOGETHER)
    if not walk.judged:
        ground.board.idle(ground.name, TOGETHER)


def runs(walk: Walk) -> Iterator[list[Stage]]:
    """Yield the judged steps, those in a row together."""
    row: list[Stage] = []
    for stage in walk.stages:
        if row and len(stage.path) != len(row[-1].path) + 1:
            yield row
            row = []
        row.append(stage)
    if row:
        yield row


def _run(ground: Ground, stages: Sequence[Stage], states: States) -> None:
    steps = [stage.migration for stage in stages]
    with ground.clone(states.at(stages[0].path)) as server:
        failures = _both(ground, server, steps)
        harm = next(_harm(ground, server, stages, failures), None)
    if harm is None:
        return
    said, more = harm
    names = " to ".join(dict.fromkeys((steps[0].revision, steps[-1].revision)))
    ground.board.found(
        TOGETHER,
        f"Two starts at the same moment do harm to {names} on "
        f"{ground.engine.title}: {said}",
        place(ground.name, steps[0]),
        measured="; ".join(map(told, failures)) or "both starts succeeded",
        advice="Let the migrations take a lock before they begin (an "
        "advisory lock in env.py), or let one process alone migrate.",
        detail=more,
    )


def _both(
    ground: Ground, server: Server, steps: Sequence[Migration]
) -> list[Failure]:
    """Run the steps twice at once; return how starts failed."""
    meeting = threading.Barrier(2, timeout=MEETING)

    def start(stepper: Stepper) -> Failure | None:
        meeting.wait()
        for migration in steps:
            ran = ground.step(stepper, migration)
            if ran.failure is not None:
                return ran.failure
        return None

    with (
        ground.stepper(server) as one,
        ground.stepper(server) as other,
        ThreadPoolExecutor(2, f"two at once on {ground.name}") as pool,
    ):
        for stepper in (one, other):
            stepper.current()  # it has found its migrations
        return [
            failure
            for failure in pool.map(start, (one, other))
            if failure is not None
        ]


def _harm(
    ground: Ground,
    server: Server,
    stages: Sequence[Stage],
    failures: Sequence[Failure],
) -> Iterator[tuple[str, str]]:
    for failure in failures:
        if failure.kind == "hang":
            yield (
                "they block each other",
                lines(failure, ground.project.checkout),
            )
    with ground.stepper(server) as stepper:
        left = _left(stages, stepper.current())
        for stage in left:
            again = ground.step(stepper, stage.migration)
            if again.failure is not None:
                yield (
                    f"a third start cannot run {stage.migration.revision}: "
                    f"{told(again.failure)}",
                    lines(again.failure, ground.project.checkout),
                )
                return
    for said, more in ends_otherwise(ground, stages[-1], server):
        yield f"the database {said}", more


def _left(stages: Sequence[Stage], current: Sequence[str]) -> Sequence[Stage]:
    """Return the steps that are still to be run."""
    for number, stage in reversed(list(enumerate(stages))):
        if set(stage.reached) == set(current):
            return stages[number + 1 :]
    return stages
