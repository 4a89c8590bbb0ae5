"""TH-M104: the project's models and its migrations agree."""

from __future__ import annotations

from collections.abc import Callable

from turbo_hipster import model
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.walk import Walk
from turbo_hipster_db_migration.words import MODELS, counted, place

Before = Callable[[], tuple[str, ...] | None]


def check(ground: Ground, walk: Walk, before: Before) -> None:
    """Point at what differs; what differed before the change is a note.

    ``before`` returns the base's own differences, or None where they cannot
    be had; it is asked only when there is something to excuse.
    """
    if walk.uncompared:
        first, _, more = walk.uncompared.strip().partition("\n")
        ground.board.found(
            MODELS,
            f"Models and migrations cannot be compared: {first}",
            place(ground.name),
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
    old = before() or ()
    new = [line for line in walk.differences if line not in old]
    rest = [line for line in walk.differences if line in old]
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
