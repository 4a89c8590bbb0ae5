"""A snapshot's data for one server, by any technique."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from turbo_hipster_databases import disks
from turbo_hipster_databases.exceptions import SnapshotFailed
from turbo_hipster_databases.model import Body
from turbo_hipster_databases.snapshots import copying, names, subvolume
from turbo_hipster_databases.snapshots.manifest import Snapshot
from turbo_hipster_databases.snapshots.names import Technique
from turbo_hipster_databases.snapshots.overlay import flatten


def clone(
    snapshot: Snapshot,
    room: Path,
    technique: Technique,
    *,
    mount: bool = True,
) -> Body:
    """Return a body with the snapshot's data, in a new folder of ``room``.

    Its files belong to the snapshot's owner.  With an overlay, nothing is
    mounted yet: ``Body.lower``, ``upper`` and ``scratch`` are set and
    ``path`` is an empty folder; the server's own mount namespace mounts it
    (``overlay.options`` has the options).  ``mount`` is False where there is
    no server that could (SQLite): then an overlay is replaced by a copy.
    Raises SnapshotFailed and DiskFull; nothing is left in ``room`` then.
    """
    name = technique.name
    if name in names.OVERLAYS and not mount:
        name = names.COPY
    if name == names.SUBVOLUME and not (
        len(snapshot.layers) == 1 and subvolume.is_one(snapshot.layers[0])
    ):
        name = names.REFLINK
    body = None
    try:
        folder = Path(tempfile.mkdtemp(prefix="clone-", dir=room))
        try:
            body = body_of(snapshot.layers, folder, name)
        finally:
            if not body:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        told = f"{snapshot} cannot be cloned by {name}: {error}"
        if error.errno in disks.NO_ROOM:
            raise disks.full(room, told) from error
        raise SnapshotFailed(f"to {room}, the snapshot {told}") from error
    return body


def body_of(layers: Sequence[Path], folder: Path, technique: str) -> Body:
    """Clone ``layers`` into the empty ``folder``; raises OSError."""
    data = folder / "data"
    if technique == names.SUBVOLUME:
        subvolume.snapshot(layers[0], data)
        return Body(data, technique)
    data.mkdir(mode=0o700)
    if technique in names.OVERLAYS:
        upper, scratch = folder / "upper", folder / "scratch"
        upper.mkdir()
        scratch.mkdir(mode=0o700)
        copying.own(layers[0].lstat(), upper)
        copying.own(layers[0].lstat(), data)
        return Body(data, technique, tuple(layers), upper, scratch)
    copy = copying.copy_bytes
    if technique == names.REFLINK:
        copy = copying.reflink
    flatten(layers, data, copy)
    return Body(data, technique)
