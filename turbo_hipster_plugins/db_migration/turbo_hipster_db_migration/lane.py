"""All checks of one engine, in their order."""

from __future__ import annotations

from collections.abc import Sequence

from turbo_hipster_databases.exceptions import HistoryBroken
from turbo_hipster_databases.projects.changed import Change, above
from turbo_hipster_db_migration import judging
from turbo_hipster_db_migration.before import Before
from turbo_hipster_db_migration.board import OFF
from turbo_hipster_db_migration.checks import (
    halfway,
    models,
    squawk,
    together,
    undoing,
    unreadable,
    walking,
)
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.states import States
from turbo_hipster_db_migration.walk import Walk, Walker
from turbo_hipster_db_migration.words import (
    HALFWAY,
    HEADS,
    MODELS,
    NEWEST,
    OF_STEPS,
    SQUAWK,
    TOGETHER,
    UNDOING,
    listed,
)

WALK, HALF, TWICE = "walk", "kill half-way", "two at once"
"""What an engine's steps are called, behind its name."""


def planned(engine: str, checks: Sequence[str]) -> list[str]:
    """Return the names of an engine's steps."""
    steps = [WALK]
    steps += [HALF] if "halfway" in checks else []
    steps += [TWICE] if "together" in checks else []
    return [f"{engine}: {step}" for step in steps]


def run(ground: Ground, change: Change, before: Before) -> Walk | None:
    """Do the checks; return the walk, or None where there is no history."""
    step, name = ground.context.step, ground.name
    checks = ground.settings.checks
    if "halfway" not in checks:
        ground.board.idle(name, HALFWAY, word=OFF)
    if "together" not in checks:
        ground.board.idle(name, TOGETHER, word=OFF)
    states = States(ground)
    with step(f"{name}: {WALK}"):
        walk = _walk(ground, change, before, states)
    if walk is None or walk.failed:
        return walk
    if "halfway" in checks:
        with step(f"{name}: {HALF}"):
            halfway.check(ground, walk, states)
    if "together" in checks:
        with step(f"{name}: {TWICE}"):
            together.check(ground, walk, states)
    return walk


def _walk(
    ground: Ground, change: Change, before: Before, states: States
) -> Walk | None:
    floor = ground.settings.downgrade_floor
    try:
        walker = Walker(ground, states)
        with walker.ready() as history:
            judged = judging.judged(ground, history, change, before)
            walking.heads(ground, history, judged, before)
            undoable = frozenset[str]()
            if "undo" in ground.settings.checks:
                undoable = above(history, floor)
            walk = walker.walk(history, judged, undoable)
    except HistoryBroken as error:
        unreadable.found(ground, error, before)
        rest = (HEADS, NEWEST, MODELS, *OF_STEPS, SQUAWK)
        ground.board.left_out(ground.name, rest, "there is no history to walk")
        return None
    if floor and floor not in {one.revision for one in history.migrations}:
        ground.board.skipped(
            ground.name,
            UNDOING[0],
            f"downgrade_floor = {floor}",
            "the history has no such revision; every step must be undoable",
        )
    sound = walking.walked(ground, walk, before)
    undoing.check(ground, walk, undoable)
    squawk.check(ground, walk)
    if not sound:
        _left_out(ground, walk)
        return walk
    walking.newest(ground, walk, before)
    models.check(ground, walk, before)
    return walk


def _left_out(ground: Ground, walk: Walk) -> None:
    """Say what is not checked of a history that does not come to its head."""
    checks = ground.settings.checks
    left = [NEWEST, MODELS]
    left += [HALFWAY] if "halfway" in checks else []
    left += [TOGETHER] if "together" in checks else []
    ground.board.left_out(
        ground.name, left, "the history does not come to its head"
    )
    came = {stage.migration.revision for stage in walk.stages}
    rest = [
        one.revision
        for one in walk.history.migrations
        if one.revision in walk.judged - came
    ]
    of_steps = [*UNDOING] if "undo" in checks else []
    of_steps += [SQUAWK] if squawk.wanted(ground) else []
    for check in of_steps if rest else ():
        ground.board.skipped(
            ground.name, check, listed(rest), "the walk did not get past them"
        )
