"""A repository to judge, made in a test."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from turbo_hipster import exceptions


class Project:
    """A git repository in a folder of the test's.

    Each ``commit`` writes files and returns the commit's id, so that a change
    is two calls::

        project = Project(tmp_path / "project")
        base = project.commit({"README": "hello"})
        project.commit({"setup.py": "..."})
        run_task(MyTask, options, project=project.path, base=base)
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        git("init", "--quiet", "--initial-branch=master", cwd=path)

    def commit(
        self, files: Mapping[str, str | bytes | None], message: str = "Change"
    ) -> str:
        """Write ``files`` (None removes one) and commit; return the id."""
        for name, content in files.items():
            file = self.path / name
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str):
                content = content.encode()
            file.write_bytes(content)
        git("add", "--all", cwd=self.path)
        git("commit", "--quiet", "--allow-empty", "-m", message, cwd=self.path)
        return git("rev-parse", "HEAD", cwd=self.path)


def lay_out(project: Path, ref: str, target: Path) -> str:
    """Check ``ref`` of a repository out into ``target``; return its commit.

    As in a real build a branch named ``working`` is checked out.  A folder
    that is no repository is copied as it is, and has no commit.
    """
    if not (project / ".git").exists():
        shutil.copytree(project, target, symlinks=True)
        return ""
    commit = resolve(project, ref)
    git("clone", "--quiet", "--no-checkout", str(project), str(target))
    git("checkout", "--quiet", "-B", "working", commit, cwd=target)
    return commit


def resolve(project: Path, ref: str) -> str:
    """Return the id of the commit that ``ref`` names."""
    return git(
        "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}",
        cwd=project,
    )  # fmt: skip


def git(*arguments: str, cwd: Path | None = None) -> str:
    """Run git as nobody in particular; return what it prints.

    Raises FetchFailed with git's own words.
    """
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (
            ("NAME", "A Test"),
            ("EMAIL", "test@example.org"),
        )
    }
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_")
    }
    ended = subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        env=kept
        | who
        | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise exceptions.FetchFailed(
            f"git {arguments[0]} failed: {' '.join(ended.stderr.split())}"
        )
    return ended.stdout.strip()
