"""A build's folder that is kept must not need the mirror any more."""

from __future__ import annotations

import dataclasses
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from turbo_hipster import exceptions
from turbo_hipster.builds import commands
from turbo_hipster.builds.containment import Technique
from turbo_hipster.builds.leaving import leave
from turbo_hipster.builds.loop import Loop
from turbo_hipster.builds.tree import Command, Tree
from turbo_hipster.builds.workspace import Workspace
from turbo_hipster.git.independent import make_independent as copy_objects

LOG = logging.getLogger("turbo_hipster.keeping")

PATIENCE = 300.0
"""Most seconds for copying what the checkouts of a build borrow."""

LAST_EFFORT = 10.0
TAIL = 64 * 2**10
NOTE = "BORROWS-FROM-THE-MIRROR.txt"
DEEPEST = 6
"""Folders between ``git/`` and a checkout, at most."""


@dataclasses.dataclass(frozen=True)
class _Ended:
    status: int
    tail: str
    timed_out: bool = False


def make_independent(
    loop: Loop, technique: Technique, workspace: Workspace
) -> None:
    """Have a process of the build's copy what its checkouts borrow.

    It is killed when it takes too long.  What could not be copied is named
    in a note beside the checkout.
    """
    ended: list[int] = []
    late: list[bool] = []
    child = commands.fork(technique, [])
    if child == 0:
        _main(workspace)
    loop.child(child, ended.append)
    timer = loop.after(PATIENCE, lambda: late.append(True))
    loop.turn_until(lambda: bool(ended or late))
    timer.cancel()
    technique.kill(time.monotonic() + LAST_EFFORT)


def _main(workspace: Workspace) -> NoReturn:
    try:
        os.setsid()
        for path in checkouts(workspace):
            try:
                copy_objects(path, _execute, log=LOG)
            except (exceptions.FetchFailed, OSError) as error:
                (path.parent / NOTE).write_text(f"{error}\n")
    finally:
        leave(0)


def checkouts(workspace: Workspace) -> Iterator[Path]:
    """Yield the checkouts of a build that borrow; no link is followed."""
    for top in (workspace.git, workspace.root / "further"):
        waiting = [top]
        while waiting:
            here = waiting.pop()
            if (here / ".git/objects/info/alternates").is_file():
                yield here
            elif len(here.relative_to(top).parts) < DEEPEST:
                waiting += _folders(here)


def _folders(path: Path) -> list[Path]:
    try:
        with os.scandir(path) as entries:
            return [
                Path(entry.path)
                for entry in entries
                if entry.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return []


def _execute(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
    watch: Mapping[str, Path] | None = None,
    log: str = "",
) -> _Ended:
    """Run git to its end; who forked us has the clock and the kill."""
    command = Command(
        argv=argv,
        cwd=str(cwd or "/"),
        env=dict(os.environ if env is None else env),
        timeout=timeout,
        user="",
        grace=1.0,
    )
    read, write = os.pipe2(os.O_CLOEXEC)
    ends: list[dict[str, Any]] = []
    loop = Loop()
    tree = Tree(loop, command, ends.append)
    tree.start(write)
    os.close(write)
    said = bytearray()
    loop.watch(read, lambda: _collect(loop, read, said))
    loop.turn_until(lambda: "started" not in ends[-1])
    while data := os.read(read, TAIL):
        said += data
    os.close(read)
    if "failed" in ends[-1]:
        return _Ended(127, ends[-1]["failed"])
    tail = said[-TAIL:].decode(errors="replace")
    return _Ended(ends[-1]["status"], tail, ends[-1]["timed_out"])


def _collect(loop: Loop, read: int, said: bytearray) -> None:
    data = os.read(read, TAIL)
    said += data
    if not data:
        loop.unwatch(read)
