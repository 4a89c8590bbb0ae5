"""TH-M104: the project's models and its migrations agree."""

from __future__ import annotations

from turbo_hipster import model
from turbo_hipster_db_migration.before import Before
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.walk import Walk
from turbo_hipster_db_migration.words import MODELS, counted, place, plain


def check(ground: Ground, walk: Walk, before: Before) -> None:
    """Point at what differs; what differed before the change is a note.

    ``before`` is asked only when there is something to excuse.
    """
    if walk.uncompared:
        known = _uncompared_before(ground, walk, before)
        first, _, more = walk.uncompared.strip().partition("\n")
        ground.board.found(
            MODELS,
            f"Models and migrations cannot be compared: {first}"
            + ("; they could not before this change, either" if known else ""),
            place(ground.name),
            severity=model.Severity.NOTE if known else model.Severity.FAIL,
            advice="See that the models can be imported where the "
            "migrations are run.",
            detail=more.strip(),
        )
        return
    if walk.differences is None:
        ground.board.skipped(
            ground.name,
            MODELS,
            "",
            f"the tool {ground.tool.name} has no comparison, or the project "
            "does not tell it where its models are",
        )
        return
    if not walk.differences:
        ground.board.passed(ground.name, MODELS)
        return
    was, here = before.was(ground), ground.project.checkout
    lines = (was.walk.differences if was.walk else None) or ()
    old = {plain(line, was.checkout) for line in lines}
    new = [line for line in walk.differences if plain(line, here) not in old]
    rest = [line for line in walk.differences if plain(line, here) in old]
    if new:
        ground.board.found(
            MODELS,
            f"Models and migrations differ in {counted(len(new), 'place')} on "
            f"{ground.engine.title}",
            place(ground.name),
            measured=counted(len(new), "difference"),
            advice="Write the migration that is missing, or bring the models "
            "in line.",
            detail="\n".join(new),
        )
    if rest:
        ground.board.found(
            MODELS,
            "Models and migrations differed in "
            f"{counted(len(rest), 'place')} on {ground.engine.title} before "
            "this change",
            place(ground.name),
            severity=model.Severity.NOTE,
            measured=counted(len(rest), "difference"),
            advice="Write the migration that is missing.",
            detail="\n".join(rest),
        )


def _uncompared_before(ground: Ground, walk: Walk, before: Before) -> bool:
    was = before.was(ground)
    return (
        was.walk is not None
        and was.walk.uncompared != ""
        and plain(was.walk.uncompared, was.checkout)
        == plain(walk.uncompared, ground.project.checkout)
    )
