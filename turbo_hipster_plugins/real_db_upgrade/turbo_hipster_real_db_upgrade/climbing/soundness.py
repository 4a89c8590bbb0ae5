"""Whether what is kept is still what was kept.

To read a gigabyte anew at each build would cost more than a layer saves.
Sizes and times of its files are cheap to compare, and tell of all that writes
or loses a file; what a disk turns over silently they do not.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from turbo_hipster_databases.snapshots import Snapshot, making, pruning

Seen = dict[str, str]
"""The look of each folder that a snapshot is made of, by its key."""


def look(snapshot: Snapshot) -> Seen:
    """Return how its files look now; those that it lies upon too."""
    return {data.parent.name: _print(data) for data in snapshot.layers}


def damaged(snapshot: Snapshot, seen: Seen) -> list[str]:
    """Return the keys of the folders that do not look as they did."""
    now = look(snapshot)
    return [key for key in now if now[key] != seen.get(key)]


def set_aside(folder: Path, keys: list[str], log: logging.Logger) -> None:
    """Take damaged snapshots of a store away, for new ones to be made.

    Those that lie upon them are found to be damaged by the store itself.
    """
    for key in keys:
        bad = _print(folder / key / "data")
        with making.turn(folder, key, log):
            # another build may have made it anew meanwhile
            if _print(folder / key / "data") == bad:
                log.warning(
                    "the snapshot %s is damaged: its files are not as they "
                    "were made; it is set aside and made anew", key,
                )  # fmt: skip
                pruning.set_aside(folder / key)


def _print(data: Path) -> str:
    return hashlib.sha256(
        json.dumps(sorted(_files(data))).encode()
    ).hexdigest()


def _files(data: Path) -> Iterator[tuple[str, int, int]]:
    for root, _folders, names in os.walk(data):
        for name in names:
            path = Path(root, name)
            status = path.lstat()
            yield (
                str(path.relative_to(data)),
                status.st_size,
                status.st_mtime_ns,
            )
