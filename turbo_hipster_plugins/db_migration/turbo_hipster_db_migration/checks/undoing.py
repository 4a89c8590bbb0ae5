"""TH-M201, M202 and M203: each step can be undone, and done again."""

from __future__ import annotations

from turbo_hipster import model
from turbo_hipster_databases.schema.comparing import compare, render
from turbo_hipster_db_migration.board import NO_WAY_BACK, OFF
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.sentence import sentence
from turbo_hipster_db_migration.walk import Stage, Undone, Walk
from turbo_hipster_db_migration.words import (
    REDO,
    TRACE,
    UNDO,
    UNDOING,
    counted,
    lines,
    listed,
    place,
    told,
)


def check(ground: Ground, walk: Walk, undoable: frozenset[str]) -> None:
    """Look at how each judged step was undone."""
    if "undo" not in ground.settings.checks:
        ground.board.idle(ground.name, *UNDOING, word=OFF)
        return
    spared = [
        stage.migration.revision
        for stage in walk.stages
        if stage.migration.revision not in undoable
    ]
    if spared:
        for one in UNDOING:
            ground.board.skipped(
                ground.name,
                one,
                listed(spared),
                "they lie at or below the job's downgrade_floor, "
                f"{ground.settings.downgrade_floor}",
            )
    for stage in walk.stages:
        if stage.migration.revision in undoable:
            _stage(ground, stage)
    if not walk.judged:
        ground.board.idle(ground.name, *UNDOING)


def _stage(ground: Ground, stage: Stage) -> None:
    undone = stage.undone
    failure = undone.down.ran.failure if undone else None
    if undone is None or (failure and failure.kind == "not_implemented"):
        says = f": {told(failure)}" if failure else ", and says so"
        _no_way_back(ground, stage, says)
        return
    if failure is not None:
        ground.board.found(
            UNDO,
            f"{stage.migration.revision} cannot be undone on "
            f"{ground.engine.title}: {told(failure)}",
            place(ground.name, stage.migration),
            measured=failure.code or failure.kind,
            advice="Mend its downgrade; or raise NotImplementedError in it "
            "to say that there is no way back.",
            detail=lines(failure, ground.project.checkout),
        )
        for one in (TRACE, REDO):
            ground.board.skipped(
                ground.name,
                one,
                stage.migration.revision,
                "it could not be undone",
            )
        return
    _trace(ground, stage, undone)
    _redo(ground, stage, undone)
    ground.board.passed(ground.name, *UNDOING)


def _no_way_back(ground: Ground, stage: Stage, says: str) -> None:
    revision = stage.migration.revision
    ground.board.idle(ground.name, TRACE, REDO, word=NO_WAY_BACK)
    ground.board.found(
        UNDO,
        f"{revision} has no downgrade{says}",
        place(ground.name, stage.migration),
        severity=model.Severity.NOTE,
        measured="no downgrade",
        advice="See that a backup is made before it runs; to expect no "
        f"downgrade any more, set downgrade_floor = {revision}.",
    )


def _trace(ground: Ground, stage: Stage, undone: Undone) -> None:
    assert undone.trace is not None
    left = compare(stage.before, undone.trace)
    if not left:
        return
    ground.board.found(
        TRACE,
        f"{stage.migration.revision} leaves a trace when it is undone on "
        f"{ground.engine.title}: {sentence(left)}",
        place(ground.name, stage.migration),
        measured=counted(len(left), "difference"),
        advice="Let its downgrade take back everything that its upgrade "
        "made, and nothing else.",
        detail=render(left),
    )


def _redo(ground: Ground, stage: Stage, undone: Undone) -> None:
    assert undone.again is not None
    failure = undone.again.ran.failure
    revision = stage.migration.revision
    advice = (
        "Let its downgrade bring back the state that its upgrade begins with."
    )
    if failure is not None:
        ground.board.found(
            REDO,
            f"{revision} cannot be done again after it was undone on "
            f"{ground.engine.title}: {told(failure)}",
            place(ground.name, stage.migration),
            measured=failure.code or failure.kind,
            advice=advice,
            detail=lines(failure, ground.project.checkout),
        )
        return
    assert undone.after is not None
    other = compare(stage.after, undone.after)
    if other:
        ground.board.found(
            REDO,
            f"{revision}, undone and done again, ends in another schema on "
            f"{ground.engine.title}: {sentence(other)}",
            place(ground.name, stage.migration),
            measured=counted(len(other), "difference"),
            advice=advice,
            detail=render(other),
        )
