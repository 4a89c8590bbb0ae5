"""Which migrations a change adds: those whose files differ from the base's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from turbo_hipster import exceptions, task
from turbo_hipster_databases.model import History

GIT_LOG = "git_prep.log"
AT_ONCE = 100
"""Files that one command line names; their names fit into what is kept of a
command's output."""


class Change:
    """What a change does to files, as git sees it in the checkout.

    Nothing is compared where the job says ``judge = all`` or there is no
    base; then everything is the change's.
    """

    def __init__(self, context: task.TaskContext, judge: str) -> None:
        self._context = context
        self.base = context.base if judge == "change" else None
        if judge == "change" and context.base is None:
            context.not_checked(
                "what the change adds, apart from what was there",
                "there is no commit to compare it with, so that all "
                "migrations are judged; at a desk, name one with --base",
            )

    def judged(self, history: History) -> frozenset[str]:
        """Return the revisions to judge.

        A migration is always judged whose files are not known, or lie
        outside the checkout, where nothing tells how they were.
        """
        migrations = history.migrations
        if self.base is None:
            return frozenset(one.revision for one in migrations)
        known = sorted({file for one in migrations for file in one.files})
        touched = {file for file in known if Path(file).is_absolute()}
        touched.update(
            self._touched([file for file in known if file not in touched])
        )
        return frozenset(
            one.revision
            for one in migrations
            if not one.files or not touched.isdisjoint(one.files)
        )

    def _touched(self, files: Sequence[str]) -> Iterator[str]:
        """Yield those of the files that are not as they are in the base."""
        assert self.base is not None
        for begin in range(0, len(files), AT_ONCE):
            part = files[begin : begin + AT_ONCE]
            yield from self._git(
                "diff", "-z", "--name-only", "--no-renames", "--no-ext-diff",
                "--relative", self.base, "--", *part,
            )  # fmt: skip
            # what is not committed yet, even if git was told to ignore it
            yield from self._git("ls-files", "-z", "--others", "--", *part)

    def _git(self, *arguments: str) -> list[str]:
        ended = self._context.execute(
            ["git", "--literal-pathspecs", *arguments],
            cwd=self._context.workspace,
            log=GIT_LOG,
        )  # fmt: skip
        if ended.status:
            raise exceptions.FetchFailed(
                f"git {arguments[0]} failed in the checkout: "
                f"{' '.join(ended.tail.split())[-300:]}"
            )
        return [name for name in ended.tail.split("\0") if name]


def above(history: History, floor: str) -> frozenset[str]:
    """Return the revisions that lie neither at nor below ``floor``.

    With no floor, or one that the history does not have, that is all.
    """
    parents = {one.revision: one.parents for one in history.migrations}
    below: set[str] = set()
    waiting = [floor] if floor in parents else []
    while waiting:
        revision = waiting.pop()
        if revision not in below:
            below.add(revision)
            waiting += parents.get(revision, ())
    return frozenset(parents) - below
