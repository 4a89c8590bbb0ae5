"""The folder of one build, and how it goes away (design: workspace)."""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import itertools
import os
import re
import shutil
import stat
from pathlib import Path

from turbo_hipster.git.scatter import scatter

ESCAPED = re.compile(rb"\\([0-7]{3})")
"""How mountinfo writes a blank and the like."""

MNT_DETACH = 2

LEAST = 2**20
"""Bytes that a log and a report should find on the disk."""

DEEPEST = 12
"""Folders below each other whose names make no path that is too long."""


@dataclasses.dataclass(frozen=True)
class Workspace:
    """``STATE_DIR/builds/BUILD``: where everything of a build lies."""

    state_dir: Path
    build_id: str

    @property
    def root(self) -> Path:
        """The build's own folder, 0700."""
        return self.state_dir / "builds" / self.build_id

    @property
    def order(self) -> Path:
        """What was asked for; written before anything is started."""
        return self.root / "order.json"

    @property
    def record(self) -> Path:
        """What the task showed, a JSON text a line, in the order shown."""
        return self.root / "record.jsonl"

    @property
    def result(self) -> Path:
        """How the build process ended, written by itself as its last act."""
        return self.root / "result.json"

    @property
    def git(self) -> Path:
        """Below it lies the checkout, by the project's name."""
        return self.root / "git"

    @property
    def work(self) -> Path:
        """The script's own folder."""
        return self.root / "work"

    @property
    def results(self) -> Path:
        """What the task leaves here is published under ``files/``."""
        return self.root / "results"

    @property
    def report(self) -> Path:
        """The logs, and in the end everything that is published."""
        return self.root / "report"

    @property
    def home(self) -> Path:
        """HOME of everything that runs in the build."""
        return self.root / "home"

    @property
    def tmp(self) -> Path:
        """TMPDIR of everything that runs in the build."""
        return self.root / "tmp"

    def create(self) -> None:
        """Make the build's own folder; it must not exist."""
        place = self.root.parent
        if not place.exists():
            place.mkdir(parents=True, exist_ok=True)
            scatter(place)
        self.root.mkdir(mode=0o700)

    def furnish(self) -> None:
        """Make the folders that a build expects."""
        for folder in (
            self.work,
            self.results,
            self.report,
            self.home,
            self.tmp,
        ):
            folder.mkdir(exist_ok=True)

    def remove(self) -> str | None:
        """Remove the folder and all in it; never anything outside.

        What cannot be removed is moved to ``STATE_DIR/quarantine``.  Returns
        None, or a sentence on what is left and where.
        """
        return remove_tree(self.root, self.state_dir / "quarantine")

    def keep(self) -> Path:
        """Move the folder to ``STATE_DIR/kept`` and return where it is."""
        place = self.state_dir / "kept"
        place.mkdir(exist_ok=True)
        self.root.rename(place / self.build_id)
        return place / self.build_id

    def is_full(self) -> bool:
        """Whether there is hardly room for the end of a log."""
        disk = os.statvfs(self.state_dir)
        return disk.f_bavail * disk.f_frsize < LEAST

    def make_room(self) -> None:
        """Remove what is not published, because a disk is full."""
        for folder in (self.work, self.tmp, self.home, self.git):
            shutil.rmtree(folder, ignore_errors=True)

    def set_aside(self) -> str:
        """Keep a report that nobody took; returns a sentence that says where.

        It is moved to ``STATE_DIR/unpublished``.
        """
        place = self.state_dir / "unpublished"
        try:
            place.mkdir(exist_ok=True)
            self.report.rename(place / self.build_id)
        except OSError as error:
            return f"the results could not be kept: {error}"
        return f"the results are kept in {place / self.build_id}"


def remove_tree(root: Path, quarantine: Path) -> str | None:
    """Remove ``root`` without leaving it: no link or mount is followed."""
    problem = _unmount_below(root)
    if problem is None:
        problem = _delete(root)
        if problem is None:
            return None
    with contextlib.suppress(OSError):
        quarantine.mkdir(exist_ok=True)
        root.rename(quarantine / root.name)
        root = quarantine / root.name
    return f"{root} could not be removed: {problem}"


def _delete(root: Path) -> str | None:
    """Remove a tree; the second try comes after closed folders are opened."""
    try:
        with contextlib.suppress(OSError, RecursionError):
            shutil.rmtree(root)
            return None
        _open_up(root)
        shutil.rmtree(root)
    except FileNotFoundError:
        return None
    except (OSError, RecursionError) as error:
        return str(error)
    return None


def _open_up(root: Path) -> None:
    """Let us into every folder below; one too deep is moved up.

    A tree deeper than Python's stack, or than the longest path, cannot be
    walked by its names.
    """
    waiting = [(root, 0)]
    count = itertools.count()
    while waiting:
        path, depth = waiting.pop()
        mode = path.lstat().st_mode
        if not stat.S_ISDIR(mode):
            continue
        if stat.S_IMODE(mode) & 0o700 != 0o700:
            path.chmod(stat.S_IMODE(mode) | 0o700)
        if depth == DEEPEST:
            path = path.rename(root / f"deep-{os.getpid()}-{next(count)}")
            depth = 1
        with os.scandir(path) as entries:
            waiting += [
                (Path(one.path), depth + 1)
                for one in entries
                if one.is_dir(follow_symlinks=False)
            ]


def _unmount_below(root: Path) -> str | None:
    """Detach what a build mounted: removing through it would be fatal."""
    # the last name is not resolved: a link there could lead to any mount
    prefix = str(root.parent.resolve() / root.name)
    with Path("/proc/self/mountinfo").open("rb") as table:
        rows = [line.split(b" ", 5)[4] for line in table]
    name = os.fsencode(root.name)
    for row in reversed(rows):
        if name not in row and b"\\" not in row:
            continue
        point = os.fsdecode(
            ESCAPED.sub(lambda match: bytes([int(match[1], 8)]), row)
        )
        if point != prefix and not point.startswith(prefix + "/"):
            continue
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.umount2(os.fsencode(point), MNT_DETACH):
            reason = os.strerror(ctypes.get_errno())
            return f"{point} is mounted and cannot be detached ({reason})"
    return None
