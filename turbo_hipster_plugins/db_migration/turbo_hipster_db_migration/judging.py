"""Which migrations are judged: those that the change adds.

As a rule git tells by their files.  A tool that is only a command line names
no files; then the base is asked which revisions it lists.
"""

from __future__ import annotations

from pathlib import Path

from turbo_hipster_databases.model import History, Migration
from turbo_hipster_databases.projects.changed import Change
from turbo_hipster_db_migration.before import Before
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.words import listed

ADDS = "what the change adds, apart from what was there"
EDITS = "whether the change edits migrations that were there before"


def judged(
    ground: Ground, history: History, change: Change, before: Before
) -> frozenset[str]:
    """Return the revisions to judge on this engine; what is doubtful is said.

    Raises CannotJudge.
    """
    found = change.judged(history)
    unseen = [
        one
        for one in history.migrations
        if one.revision in found and unseen_by_git(one)
    ]
    if change.base is None or not unseen:
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
            "the history before the change cannot be read, and the tool "
            f"{ground.tool.name} names no files; all migrations are judged",
        )
        return found
    there = {one.revision: _content(one) for one in old.migrations}
    same = [one for one in unseen if there.get(one.revision) == _content(one)]
    edited = [one.revision for one in same if not one.files]
    if edited:
        ground.board.gap(
            EDITS,
            f"the tool {ground.tool.name} names no files; judged is what the "
            "base did not list",
        )
    return found - {one.revision for one in same}


def unseen_by_git(migration: Migration) -> bool:
    """Say whether git cannot tell if the change touches a migration."""
    return all(Path(file).is_absolute() for file in migration.files)


def _content(migration: Migration) -> list[str]:
    return sorted(migration.files.values())
