"""Snapshots that nobody needs make room, least recently used first."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from turbo_hipster_databases.snapshots import locks, shelf
from turbo_hipster_databases.snapshots.manifest import Entry, Snapshot

GONE, BROKEN = ".gone-", ".broken-"
RESERVE = 256 * 2**20
"""Bytes that a disk is left with, for servers' own files."""


def entries(folder: Path) -> list[Entry]:
    """Return the snapshots of a store, most recently used first."""
    found = []
    for path in folder.glob("[!.]*/"):
        try:
            snapshot = shelf.read(path)
            last_use = (path / shelf.USED).stat().st_mtime
        except (shelf.Damaged, FileNotFoundError):
            continue
        lock = locks.take(path / shelf.USED, wait=False)
        if lock is not None:
            os.close(lock)
        found.append(Entry(snapshot, last_use, in_use=lock is None))
    # of two that are equally old the one that lies upon the other is first
    # to go
    return sorted(
        found,
        key=lambda entry: (entry.last_use, -len(entry.snapshot.layers)),
        reverse=True,
    )


def put_aside(folder: Path, prefix: str) -> Path:
    """Give a folder another name at once; raises FileNotFoundError."""
    aside = Path(
        tempfile.mkdtemp(prefix=f"{prefix}{folder.name}-", dir=folder.parent)
    )
    try:
        os.rename(folder, aside)  # noqa: PTH104
    except OSError:
        aside.rmdir()
        raise
    return aside


def set_aside(folder: Path) -> None:
    """Take what is damaged out of the way of a new one, for a person.

    Only who has the turn to make the new one may call this.
    """
    prefix = BROKEN
    try:
        shelf.read(folder)
    except shelf.Outlived:
        prefix = GONE
    except shelf.Damaged:
        pass
    try:
        aside = put_aside(folder, prefix)
    except FileNotFoundError:
        return
    if prefix == GONE:
        shutil.rmtree(aside, ignore_errors=True)


def drop(folder: Path) -> bool:
    """Remove a snapshot's folder if none uses it and none lies upon it."""
    lock = locks.take(folder / shelf.USED, wait=False)
    if lock is None:
        return False
    try:
        # whoever makes a layer upon it holds it, so that none can come now
        if shelf.lies_below(folder):
            return False
        gone = put_aside(folder, GONE)
    finally:
        os.close(lock)
    shutil.rmtree(gone, ignore_errors=True)
    return True


def prune(folder: Path, wanted: int) -> list[Snapshot]:
    """Drop snapshots until ``wanted`` bytes are freed; returns them."""
    sweep(folder)
    found = entries(folder)
    keep = sum(entry.snapshot.bytes for entry in found) - wanted
    return [
        entry.snapshot
        for entry in choose(found, keep=keep)
        if drop(entry.snapshot.folder)
    ]


def choose(
    found: Sequence[Entry],
    *,
    keep: int | None = None,
    before: float | None = None,
) -> list[Entry]:
    """Return what can go, in the order in which it can.

    What goes is what was not used since the time ``before``, and then the
    least recently used until the rest takes at most ``keep`` bytes.  What is
    in use stays, and so does what it lies upon.
    """
    left = {entry.snapshot.key: entry.snapshot for entry in found}
    total = sum(snapshot.bytes for snapshot in left.values())
    chosen = []
    for entry in reversed(found):
        snapshot = entry.snapshot
        old = before is not None and entry.last_use < before
        if not old and (keep is None or total <= keep):
            continue
        if entry.in_use or any(
            snapshot.key in other.below for other in left.values()
        ):
            continue
        del left[snapshot.key]
        total -= snapshot.bytes
        chosen.append(entry)
    return chosen


def sweep(folder: Path) -> None:
    """Remove what is damaged, was set aside, or is not quite removed."""
    for path in folder.glob("[!.]*/"):
        try:
            shelf.read(path)
        except shelf.Damaged:
            drop(path)
    for prefix in (GONE, BROKEN):
        for path in folder.glob(f"{prefix}*"):
            shutil.rmtree(path, ignore_errors=True)


def make_room(folder: Path, needs: int, log: logging.Logger) -> None:
    """Prune until ``needs`` bytes and a reserve are free, if that helps."""
    short = needs + RESERVE - _free(folder)
    if short > 0:
        for snapshot in prune(folder, short):
            log.info("the disk is short: dropped snapshot %s", snapshot)


def _free(folder: Path) -> int:
    told = os.statvfs(folder)
    return told.f_bavail * told.f_frsize
