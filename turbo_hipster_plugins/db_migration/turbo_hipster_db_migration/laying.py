"""Laying out the tree that the change is compared with."""

from __future__ import annotations

import os
from pathlib import Path

from turbo_hipster import exceptions, task
from turbo_hipster_databases.projects.changed import GIT_LOG

AS_IT_IS = (
    "core.hooksPath=/dev/null",
    "core.sparseCheckout=false",
    "core.fsmonitor=false",
)
"""Settings of a desk's repository that would do or leave out something."""


def lay_out(context: task.TaskContext, commit: str, room: Path) -> Path | None:
    """Return a new folder in ``room`` with the tree of a commit.

    It is what git would check out, with no regard to what an archive leaves
    out, and neither the checkout nor its index is touched.  Where the
    checkout is a folder of a repository it is that folder; None where the
    commit has no such folder.  Raises FetchFailed.
    """
    try:
        tree = _git(context, "rev-parse", "--verify", f"{commit}:./")
    except exceptions.FetchFailed:
        _git(context, "rev-parse", "--verify", f"{commit}^{{tree}}")
        return None
    repository = _git(context, "rev-parse", "--absolute-git-dir")
    folder = room / "base"
    folder.mkdir()
    _git(
        context,
        f"--git-dir={repository}",
        f"--work-tree={folder}",
        *(word for one in AS_IT_IS for word in ("-c", one)),
        "read-tree",
        "--reset",
        "-u",
        tree,
        cwd=folder,
        env={**os.environ, "GIT_INDEX_FILE": str(room / "index")},
    )
    return folder


def _git(
    context: task.TaskContext,
    *arguments: str,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> str:
    ended = context.execute(
        ["git", *arguments],
        cwd=cwd or context.workspace,
        env=env,
        log=GIT_LOG,
    )
    if ended.status:
        raise exceptions.FetchFailed(
            "the commit that the change is compared with cannot be laid out: "
            f"{' '.join(ended.tail.split())[-300:]}"
        )
    return (ended.tail.strip().splitlines() or [""])[-1]
