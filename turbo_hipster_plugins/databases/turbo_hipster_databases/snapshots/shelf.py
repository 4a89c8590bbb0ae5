"""One snapshot's folder: written once, read often, checked when read.

``KEY/manifest.json`` says what it is, ``KEY/data`` is the data directory (or
the layer of one) and ``KEY/used`` is locked by those who use it; the file's
time is that of the last use.  ``KEY/layers`` has the keys of the snapshots
that lie upon it, as the names of empty files; some may be gone.
"""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from turbo_hipster_databases.snapshots.manifest import Manifest, Snapshot

DATA, USED, MANIFEST, LAYERS = "data", "used", "manifest.json", "layers"
SYNCS = 16
BOOT = Path("/proc/sys/kernel/random/boot_id")


class Damaged(Exception):
    """What is there is no snapshot; the text says why."""


class Outlived(Damaged):
    """It was not synced, and the machine was started anew since."""


def write(
    folder: Path, manifest: Manifest, *, upon: str = "", durable: bool = False
) -> None:
    """Make the folder, whose data are complete, a snapshot.

    ``upon`` is the key of the snapshot it lies upon as a layer.  A durable
    one is on the disk afterwards; another is good until the machine starts
    anew, which is why it names the boot.
    """
    data = folder / DATA
    told: dict[str, Any] = {
        **dataclasses.asdict(manifest),
        "upon": upon,
        "bytes": size(data),
        "made": time.time(),
        "boot": "" if durable else BOOT.read_text().strip(),
    }
    (folder / USED).touch()
    (folder / LAYERS).mkdir()
    (folder / MANIFEST).write_text(json.dumps(told, indent=2))
    if durable:
        _sync(folder)


def read(folder: Path, deepest: int = 64) -> Snapshot:
    """Return the snapshot of that folder; raises Damaged.

    ``deepest`` is how many layers may lie upon each other.
    """
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(
            engine=told["engine"],
            version=told["version"],
            made_from=tuple(told["made_from"]),
            settings=dict(told["settings"]),
            owner=told["owner"],
        )
        key, upon, boot = manifest.key, told["upon"], told["boot"]
        taken, made = int(told["bytes"]), float(told["made"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"its {MANIFEST} cannot be read: {error!r}") from error
    if key != folder.name:
        raise Damaged(f"its {MANIFEST} is that of {key}")
    if not (folder / DATA).is_dir():
        raise Damaged("its data are gone")
    if boot and boot != BOOT.read_text().strip():
        raise Outlived("the machine was started anew since it was made")
    layers: tuple[Path, ...] = (folder / DATA,)
    if upon:
        if not deepest:
            raise Damaged("its layers lie upon each other in a circle")
        try:
            layers += read(folder.with_name(upon), deepest - 1).layers
        except Damaged as error:
            raise Damaged(f"it lies upon {upon}, but {error}") from error
    return Snapshot(manifest, folder, layers, taken, made)


def size(folder: Path) -> int:
    """Return the bytes that all files below ``folder`` take on disk."""
    taken = 0
    for root, _folders, names in os.walk(folder):
        for name in names:
            taken += os.lstat(os.path.join(root, name)).st_blocks * 512  # noqa: PTH118
    return taken


def lies_below(folder: Path) -> bool:
    """Say whether another snapshot lies upon that of this folder."""
    return any(
        (folder.parent / path.name).is_dir()
        for path in (folder / LAYERS).iterdir()
    )


def _sync(folder: Path) -> None:
    """Write all below ``folder`` to the disk.

    Many threads, because the file system's journal takes what is asked at
    the same time in one go: 20 times as fast with the 1,000 files of an
    empty PostgreSQL.
    """
    paths = [folder, *folder.rglob("*")]
    with ThreadPoolExecutor(SYNCS, "sync a snapshot") as pool:
        list(pool.map(sync, filter(_is_synced, paths)))


def _is_synced(path: Path) -> bool:
    return stat.S_ISREG(mode := path.lstat().st_mode) or stat.S_ISDIR(mode)


def sync(path: Path) -> None:
    """Write a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
