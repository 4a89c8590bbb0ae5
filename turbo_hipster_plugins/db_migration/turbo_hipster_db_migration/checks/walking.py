"""TH-M101, M102 and M103: the history leads from empty to head."""

from __future__ import annotations

from collections.abc import Collection

from turbo_hipster import model
from turbo_hipster_databases.model import History, Migration
from turbo_hipster_db_migration.before import Before
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.judging import unseen_by_git
from turbo_hipster_db_migration.walk import Took, Walk
from turbo_hipster_db_migration.words import (
    HEADS,
    NEWEST,
    WALK,
    lines,
    listed,
    place,
    plain,
    told,
)


def heads(
    ground: Ground, history: History, judged: frozenset[str], before: Before
) -> None:
    """TH-M101: more heads than declared, and than before the change."""
    # with Django each app has a head of its own
    most = ground.settings.heads + history.lines - 1
    if len(history.heads) <= most:
        ground.board.passed(ground.name, HEADS)
        return
    new = any(head in judged for head in history.heads)
    old = before.history(ground) if new else None
    if old is not None:
        # a new migration upon one of two heads makes no third
        more = len(history.heads) - history.lines
        new = more > len(old.heads) - old.lines
    ground.board.found(
        HEADS,
        f"The history has {len(history.heads)} heads: {listed(history.heads)}"
        + ("" if new else "; it had as many before this change"),
        place(ground.name),
        severity=model.Severity.FAIL if new else model.Severity.NOTE,
        measured=len(history.heads),
        limit=most,
        limit_source="the job's option heads",
        advice="Let the newer migration build on the other head, or merge "
        "the two.",
    )


def walked(ground: Ground, walk: Walk, before: Before) -> bool:
    """TH-M102: every step runs, in order.  Return whether it does."""
    if walk.failed is None:
        ground.board.passed(ground.name, WALK)
        return True
    took = walk.failed
    failure = took.ran.failure
    assert failure is not None
    migration = took.ran.migration
    known = _failed_before(ground, walk, before)
    ground.board.found(
        WALK,
        f"{migration.revision} fails on {ground.engine.title}: "
        + told(failure)
        + ("; it failed before this change, too" if known else ""),
        place(ground.name, migration),
        severity=model.Severity.NOTE if known else model.Severity.FAIL,
        measured=f"{len(walk.took) - 1} of "
        f"{len(walk.history.migrations)} steps ran",
        advice=_mend(took, walk),
        detail=lines(failure, ground.project.checkout),
    )
    return False


def _failed_before(ground: Ground, walk: Walk, before: Before) -> bool:
    """Say whether the step that fails is not the change's, and failed before.

    Of a step without files nobody knows whose it is: it must have failed in
    the same words.
    """
    assert walk.failed is not None
    now = walk.failed.ran
    unseen = unseen_by_git(now.migration)
    if now.migration.revision in walk.judged and not unseen:
        return False
    was = before.was(ground)
    if was.walk is None or was.walk.failed is None:
        return False
    old = was.walk.failed.ran
    if old.migration.revision != now.migration.revision:
        return False
    assert old.failure is not None and now.failure is not None
    return not unseen or (
        plain(old.failure.message, was.checkout)
        == plain(now.failure.message, ground.project.checkout)
    )


def newest(ground: Ground, walk: Walk, before: Before) -> None:
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
    old = before.was(ground).walk
    known = old is not None and _off_alike(walk, old)
    ground.board.found(
        NEWEST,
        f"After all steps the database is at {listed(reached) or 'nothing'}, "
        f"and the newest in the repository is {listed(wanted)}"
        + ("; it was so before this change" if known else ""),
        place(ground.name),
        severity=model.Severity.NOTE if known else model.Severity.FAIL,
        measured=", ".join(reached) or "nothing",
        limit=", ".join(wanted),
        limit_source="the heads of the history",
        advice="See that each migration notes its revision, and that the "
        "tool is told of every folder of migrations.",
    )


def _off_alike(walk: Walk, old: Walk) -> bool:
    """Say whether the base ended off its newest in the same way.

    What is missing now was missing then, or builds on what was; what the
    database is at instead it was at then.
    """
    if old.failed is not None:
        return False
    missing, instead = _off(walk)
    missed, stood = _off(old)
    return instead <= stood and all(
        missed & _beneath(one, walk.history.migrations) for one in missing
    )


def _off(walk: Walk) -> tuple[set[str], set[str]]:
    """Return the heads that are missing, and what is there instead."""
    wanted, reached = set(walk.history.heads), set(walk.reached)
    return wanted - reached, reached - wanted


def _beneath(revision: str, migrations: Collection[Migration]) -> set[str]:
    """Return a revision and all that it builds on."""
    parents = {one.revision: one.parents for one in migrations}
    found: set[str] = set()
    waiting = [revision]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += parents.get(one, ())
    return found


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
