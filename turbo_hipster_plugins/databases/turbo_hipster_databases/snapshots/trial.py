"""A technique is tried: what is written to the clone stays there."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from turbo_hipster.task import TaskContext
from turbo_hipster_databases import disks
from turbo_hipster_databases.exceptions import SnapshotFailed
from turbo_hipster_databases.model import Body
from turbo_hipster_databases.servers.launching import launched
from turbo_hipster_databases.snapshots import (
    cloning,
    names,
    removing,
    subvolume,
)
from turbo_hipster_databases.snapshots.overlay import options

PROGRAM = Path(__file__).with_name("trial_overlay.py")
PREFIX = ".trial-"
NOBODY = 65534
"""A user who is not root, as a database server is none."""
LONG = 30.0
"""Seconds that the program may take; it needs a tenth of one."""


class Fails(Exception):
    """The technique does not work here; the text says why."""


def works(context: TaskContext, name: str, store: Path, room: Path) -> str:
    """Try one technique; returns why it does not work, or nothing.

    Raises DiskFull: that would be true of every other technique, too.
    """
    with contextlib.ExitStack() as stack:
        try:
            source = stack.enter_context(_folder(store)) / "data"
            target = stack.enter_context(_folder(room))
            _lay_out(source, name)
            before = _content(source)
            body = cloning.body_of((source,), target, name)
            _proof(name)(context, body)
            if _content(source) != before:
                raise Fails("what was written to the clone changed the source")
        except (OSError, SnapshotFailed, Fails) as error:
            if disks.SAID.search(str(error)):
                raise disks.full(room, f"{name} was tried: {error}") from error
            return str(error)
    return ""


@contextlib.contextmanager
def _folder(parent: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    try:
        yield folder
    finally:
        removing.remove(folder)


def _lay_out(source: Path, name: str) -> None:
    if name == names.SUBVOLUME:
        subvolume.create(source)
    else:
        source.mkdir()
    (source / "sub").mkdir()
    (source / "old").write_bytes(b"old" * 4096)
    (source / "sub" / "old").write_bytes(b"old")
    if os.geteuid() == 0:
        for path in (source, *source.rglob("*")):
            os.chown(path, NOBODY, NOBODY)


def _content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _proof(name: str) -> Callable[[TaskContext, Body], None]:
    return _mounted if name in names.OVERLAYS else _written


def _written(_context: TaskContext, body: Body) -> None:
    for path in (body.path / "old", body.path / "sub" / "old"):
        if not path.read_bytes().startswith(b"old"):
            raise Fails("the clone is not like the source")
        with path.open("r+b") as file:
            file.write(b"new")


def _mounted(context: TaskContext, body: Body) -> None:
    """Let a child with a mount namespace of its own write to the clone."""
    root = os.geteuid() == 0
    if root and body.technique == names.USER_OVERLAY:
        raise Fails("we are root, and a server's user would not be mapped")
    if not root and body.technique == names.OVERLAY:
        raise Fails("it needs root")
    ended = context.execute(
        launched(
            [sys.executable, "-I", str(PROGRAM), str(body.path)],
            overlays=[(body.path, options(body))],
        ),
        timeout=LONG,
    )
    if ended.status:
        raise Fails(ended.tail.strip() or f"the child ended {ended.status}")
