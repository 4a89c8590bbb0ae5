"""TH-M102, where there is no history to walk: the tool cannot read it."""

from __future__ import annotations

from turbo_hipster import model
from turbo_hipster_databases.exceptions import HistoryBroken
from turbo_hipster_db_migration.before import Before, Was
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.words import WALK, place, plain

MEND = {
    "cycle": "Let each migration build on an older one.",
    "missing_parent": "Add the migration that is missing, or name another "
    "parent.",
    "duplicate": "Give one of them a revision of its own.",
    "import": "See that the import works in the project's environment.",
    "syntax": "Mend the file; Python cannot read it.",
    "no_history": "Say with tool_options where the migrations are.",
}

NOT_EXCUSED = "no_history"
"""There is none, or the job names another place: no base excuses that, or a
job that is set up wrong would pass for ever."""

LIKE_EACH_OTHER = ("cycle", "hang", "exit", "elsewhere")
"""Kinds of a broken history whose texts need not be alike."""


def found(ground: Ground, error: HistoryBroken, before: Before) -> None:
    """Point at a history that the tool cannot even read.

    One that could not be read before the change, for the same reason, is
    known; for another reason, that is said.
    """
    none = error.kind == NOT_EXCUSED
    was = Was() if none else before.was(ground)
    known = was.broken is not None and _alike(ground, error, was)
    first, _, rest = str(error).strip().partition("\n")
    detail = [rest.strip()]
    if was.broken is not None and not known:
        detail.append(
            "Before this change it could not be read, for another reason:\n"
            f"{str(was.broken).strip()}"
        )
    ground.board.found(
        WALK,
        f"The migration history cannot be read: {first}"
        + ("; it could not before this change, either" if known else ""),
        place(ground.name),
        severity=model.Severity.NOTE if known else model.Severity.FAIL,
        measured=error.kind.replace("_", " "),
        advice=MEND.get(error.kind, "Mend what the tool complains about."),
        detail="\n\n".join(filter(None, detail)),
    )


def _alike(ground: Ground, error: HistoryBroken, was: Was) -> bool:
    old = was.broken
    if old is None or old.kind != error.kind:
        return False
    return error.kind in LIKE_EACH_OTHER or (
        plain(str(old), was.checkout)
        == plain(str(error), ground.project.checkout)
    )
