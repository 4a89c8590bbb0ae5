"""TH-M101, M102 and M103: the history leads from empty to head."""

from __future__ import annotations

from turbo_hipster import model
from turbo_hipster_databases.exceptions import HistoryBroken
from turbo_hipster_databases.model import History
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.walk import Took, Walk
from turbo_hipster_db_migration.words import (
    HEADS,
    NEWEST,
    WALK,
    lines,
    listed,
    place,
    told,
)

MEND = {
    "cycle": "Let each migration build on an older one.",
    "missing_parent": "Add the migration that is missing, or name another "
    "parent.",
    "duplicate": "Give one of them a revision of its own.",
    "import": "See that the import works in the project's environment.",
    "syntax": "Mend the file; Python cannot read it.",
    "no_history": "Say with tool_options where the migrations are.",
}


def broken(ground: Ground, error: HistoryBroken) -> None:
    """Point at a history that the tool cannot even read."""
    first, _, rest = str(error).strip().partition("\n")
    ground.board.found(
        WALK,
        f"The migration history cannot be read: {first}",
        place(ground.name),
        measured=error.kind.replace("_", " "),
        advice=MEND.get(error.kind, "Mend what the tool complains about."),
        detail=rest.strip(),
    )


def heads(ground: Ground, history: History, judged: frozenset[str]) -> None:
    """TH-M101: more heads than declared."""
    # with Django each app has a head of its own
    most = ground.settings.heads + history.lines - 1
    if len(history.heads) <= most:
        ground.board.passed(ground.name, HEADS)
        return
    new = [head for head in history.heads if head in judged]
    ground.board.found(
        HEADS,
        f"The history has {len(history.heads)} heads: {listed(history.heads)}"
        + ("" if new else "; it had them before this change"),
        place(ground.name),
        severity=model.Severity.FAIL if new else model.Severity.NOTE,
        measured=len(history.heads),
        limit=most,
        limit_source="the job's option heads",
        advice="Let the newer migration build on the other head, or merge "
        "the two.",
    )


def walked(ground: Ground, walk: Walk, known: str = "") -> bool:
    """TH-M102: every step runs, in order.  Return whether it does.

    ``known`` says that the same step failed before the change, if it did.
    """
    if walk.failed is None:
        ground.board.passed(ground.name, WALK)
        return True
    took = walk.failed
    failure = took.ran.failure
    assert failure is not None
    migration = took.ran.migration
    text = f"{migration.revision} fails on {ground.engine.title}"
    ground.board.found(
        WALK,
        f"{text}: {told(failure)}{f'; {known}' if known else ''}",
        place(ground.name, migration),
        severity=model.Severity.NOTE if known else model.Severity.FAIL,
        measured=f"{len(walk.took) - 1} of "
        f"{len(walk.history.migrations)} steps ran",
        advice=_mend(took, walk),
        detail=lines(failure, ground.project.checkout),
    )
    return False


def newest(ground: Ground, walk: Walk) -> None:
    """TH-M103: the schema ends at the newest revision."""
    if walk.history.steps != "each":
        ground.board.skipped(
            ground.name,
            NEWEST,
            "",
            f"the tool {ground.tool.name} runs its migrations without "
            "naming them",
        )
        return
    wanted = sorted(walk.history.heads)
    reached = sorted(walk.reached)
    if wanted == reached:
        ground.board.passed(ground.name, NEWEST)
        return
    ground.board.found(
        NEWEST,
        f"After all steps the database is at {listed(reached) or 'nothing'}, "
        f"and the newest in the repository is {listed(wanted)}",
        place(ground.name),
        measured=", ".join(reached) or "nothing",
        limit=", ".join(wanted),
        limit_source="the heads of the history",
        advice="See that each migration notes its revision, and that the "
        "tool is told of every folder of migrations.",
    )


def _mend(took: Took, walk: Walk) -> str:
    failure = took.ran.failure
    kind = failure.kind if failure else ""
    if kind == "hang":
        return (
            "Make the step end sooner, or raise the job's step_timeout if it "
            "needs the time."
        )
    if kind in ("exit", "prompt"):
        return "Let a migration neither exit nor ask; raise an error instead."
    if took.ran.migration.revision not in walk.judged:
        return (
            "The change does not touch this migration, so look at what it "
            "imports and at the requirements."
        )
    return "Mend the migration so that it runs on this engine."
