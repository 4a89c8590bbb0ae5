"""How long a build waits for its files: ours, and git's own ways.

A project of 2,000 files at a ``file://`` URL; each round has a commit nobody
has fetched yet.  All take turns, in folders of their own that are removed at
the end only (removing slows down what follows on some file systems).
"""

from __future__ import annotations

import logging
import os
import shutil
import statistics
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from turbo_hipster.git.checkout import lay_out
from turbo_hipster.git.scatter import scatter
from turbo_hipster.git.source import Source

FILES = 2000
ROUNDS = 15


class _Exit(NamedTuple):
    status: int
    timed_out: bool
    tail: str


def _execute(argv, *, cwd=None, env=None, timeout=None, watch=None, log=""):
    done = subprocess.run(
        argv,
        cwd=cwd,
        env=env,
        timeout=timeout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return _Exit(done.returncode, False, done.stdout.decode()[-65536:])


def _git(*arguments: str, at: Path) -> str:
    env = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    for who in ("AUTHOR", "COMMITTER"):
        env[f"GIT_{who}_NAME"] = "Bench"
        env[f"GIT_{who}_EMAIL"] = "bench@example.org"
    done = subprocess.run(
        ["git", *arguments],
        cwd=at,
        env=env,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout.strip()


def _project(home: Path) -> list[str]:
    """Make the project; ROUNDS changes of 20 files each, all on master."""
    home.mkdir()
    _git("init", "-q", "-b", "master", at=home)
    files = []
    for number in range(FILES):
        file = home / f"part{number % 40}" / f"file{number}.py"
        file.parent.mkdir(exist_ok=True)
        lines = (f"line {n} of file {number}\n" for n in range(60))
        file.write_text("".join(lines))
        files.append(file)
    _git("add", "-A", at=home)
    _git("commit", "-q", "-m", "all files", at=home)
    changes = []
    for change in range(ROUNDS + 1):
        _git("checkout", "-q", "--detach", "master", at=home)
        for file in files[change * 20 : change * 20 + 20]:
            file.write_text(file.read_text() + "one more\n")
        _git("commit", "-q", "-a", "-m", f"change {change}", at=home)
        ref = f"refs/zuul/master/Z{change}"
        _git("update-ref", ref, "HEAD", at=home)
        changes.append(ref)
    _git("checkout", "-q", "master", at=home)
    return changes


def _seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


class _Round:
    """The ways to get one change's files, each timed."""

    def __init__(self, place: Path, mirror: Path, ref: str) -> None:
        self.origin = (place / "origins").as_uri()
        self.place = place
        self.mirror = mirror
        self.ref = ref
        self.url = f"{self.origin}/project"

    def _somewhere(self) -> Path:
        folder = self.place / "trees" / uuid.uuid4().hex
        folder.mkdir()
        return folder

    def ours(self, commit: str = "") -> float:
        target = self._somewhere()
        source = Source.from_parameters(
            {
                "ZUUL_PROJECT": "project",
                "ZUUL_REF": self.ref,
                "ZUUL_BRANCH": "master",
                "ZUUL_COMMIT": commit,
            },
            self.origin,
        )
        log = logging.getLogger("bench")
        began = time.perf_counter()
        checkout = lay_out(
            source,
            mirrors=self.place / "git",
            target=target,
            execute=_execute,
            log=log,
            deadline=time.monotonic() + 100,
        )
        took = time.perf_counter() - began
        checkout.close()
        return took

    def clone(self) -> float:
        target = self._somewhere()

        def work() -> None:
            _git("clone", "-q", "-n", self.url, "x", at=target)
            _git("fetch", "-q", "origin", self.ref, at=target / "x")
            _git("checkout", "-q", "FETCH_HEAD", at=target / "x")

        return _seconds(work)

    def fetch(self) -> float:
        spec = f"+{self.ref}:{self.ref}"
        return _seconds(
            lambda: _git("fetch", "-q", self.url, spec, at=self.mirror)
        )

    def worktree(self) -> float:
        target = self._somewhere() / "x"
        return _seconds(
            lambda: _git(
                "worktree",
                "add",
                "-q",
                "--detach",
                str(target),
                self.ref,
                at=self.mirror,
            )
        )


def rows(quick: bool = False) -> list[dict[str, Any]]:
    """Measure; one row with the fetch of the new commit, one without."""
    place = Path(tempfile.mkdtemp(prefix="th-bench-git-"))
    try:
        return _measure(place, 2 if quick else ROUNDS)
    finally:
        shutil.rmtree(place)


def _measure(place: Path, rounds: int) -> list[dict[str, Any]]:
    (place / "trees").mkdir()
    (place / "origins").mkdir()
    scatter(place / "trees")
    changes = _project(place / "origins" / "project")
    mirror = place / "mirror.git"
    home = place / "origins" / "project"
    _git("clone", "-q", "--bare", home.as_uri(), str(mirror), at=place)
    _Round(place, mirror, changes[0]).ours()
    names = ("ours", "clone", "fetch", "worktree", "fetched", "known")
    times: dict[str, list[float]] = {name: [] for name in names}
    for ref in changes[1 : rounds + 1]:
        turn = _Round(place, mirror, ref)
        commit = _git("rev-parse", ref, at=home)
        times["ours"].append(turn.ours(commit))
        fetch = turn.fetch()
        worktree = turn.worktree()
        times["worktree"].append(worktree)
        times["fetched"].append(fetch + worktree)
        times["known"].append(turn.ours(commit))
        times["clone"].append(turn.clone())
    middle = {n: statistics.median(t) * 1000 for n, t in times.items() if t}
    version = _git("version", at=place)
    return [
        {
            "name": "second build of a project with 2,000 files, another "
            "commit that must be fetched",
            "ours": round(middle["ours"], 1),
            "unit": "ms",
            "rivals": {
                f"{version}: fetch and worktree add": round(
                    middle["fetched"], 1
                ),
                f"{version}: fresh clone": round(middle["clone"], 1),
            },
            "reach": "<= 1.15 x the worktree",
        },
        {
            "name": "another build of a project with 2,000 files, the "
            "mirror has the commit",
            "ours": round(middle["known"], 1),
            "unit": "ms",
            "rivals": {
                f"{version}: worktree add": round(middle["worktree"], 1),
                f"{version}: fresh clone": round(middle["clone"], 1),
            },
            "reach": "<= 1.15 x the worktree",
        },
    ]


if __name__ == "__main__":
    for row in rows():
        print(row)
