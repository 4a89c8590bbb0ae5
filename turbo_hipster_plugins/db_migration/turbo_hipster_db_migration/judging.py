"""Which migrations are judged: those that the change adds.

As a rule git tells by their files.  Some it cannot see: a tool that is only
a command line names no files, and an installed package may bring migrations
along.  Then the base is asked which revisions it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from turbo_hipster_databases.model import History, Migration
from turbo_hipster_databases.projects.changed import Change
from turbo_hipster_db_migration.before import Before
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.words import listed

ADDS = "what the change adds, apart from what was there"
EDITS = "whether the change edits migrations that were there before"
BRINGS = "whether the change brings migrations of other packages along"
INSTALLED = "site-packages/"
"""What files of an installed package begin with."""


def judged(
    ground: Ground, history: History, change: Change, before: Before
) -> frozenset[str]:
    """Return the revisions to judge on this engine; what is doubtful is said.

    Raises CannotJudge.
    """
    found = change.judged(history)
    if change.base is None:
        return found
    return _brought(ground, history, before) | _narrowed(
        ground, history, found, before
    )


def _narrowed(
    ground: Ground, history: History, found: frozenset[str], before: Before
) -> frozenset[str]:
    """Leave out what git cannot see and the base had as well."""
    unseen = [
        one
        for one in history.migrations
        if one.revision in found and unseen_by_git(one)
    ]
    if not unseen:
        return found
    if history.steps != "each":
        ground.board.gap(
            ADDS,
            f"the tool {ground.tool.name} runs migrations without naming "
            "them, so that all of them are judged together, as "
            f"{listed(one.revision for one in unseen)}",
        )
        return found
    old = before.history(ground)
    if old is None:
        ground.board.gap(
            ADDS,
            "git does not see the files of "
            f"{listed(one.revision for one in unseen)}, and the history "
            "before the change cannot be read; they are judged",
        )
        return found
    same = _alike(unseen, old)
    if any(not one.files for one in same):
        ground.board.gap(
            EDITS,
            f"the tool {ground.tool.name} names no files; judged is what the "
            "base did not list",
        )
    return found - {one.revision for one in same}


def _brought(
    ground: Ground, history: History, before: Before
) -> frozenset[str]:
    """Return what comes with a package that the base required otherwise."""
    installed = [
        one
        for one in history.migrations
        if any(file.startswith(INSTALLED) for file in one.files)
    ]
    if not installed or before.python() == ground.project.python:
        return frozenset()
    old = before.history(ground)
    if old is None:
        ground.board.gap(
            BRINGS, "the history before the change cannot be read"
        )
        return frozenset()
    same = _alike(installed, old)
    return frozenset(one.revision for one in installed if one not in same)


def unseen_by_git(migration: Migration) -> bool:
    """Say whether git cannot tell if the change touches a migration."""
    return all(
        Path(file).is_absolute() or file.startswith(INSTALLED)
        for file in migration.files
    )


def _alike(some: Sequence[Migration], old: History) -> list[Migration]:
    """Return those that the base had, with the same content."""
    there = {
        one.revision: sorted(one.files.values()) for one in old.migrations
    }
    return [
        one
        for one in some
        if there.get(one.revision) == sorted(one.files.values())
    ]
