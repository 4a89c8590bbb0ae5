"""Snapshots that nobody needs make room, least recently used first."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
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
    dropped: list[Snapshot] = []
    for entry in reversed(entries(folder)):
        if sum(snapshot.bytes for snapshot in dropped) >= wanted:
            break
        if not entry.in_use and drop(entry.snapshot.folder):
            dropped.append(entry.snapshot)
    return dropped


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
