"""The snapshots of one state directory."""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from turbo_hipster_databases import disks
from turbo_hipster_databases.exceptions import SnapshotFailed
from turbo_hipster_databases.model import Body
from turbo_hipster_databases.snapshots import (
    locks,
    making,
    pruning,
    shelf,
    taking,
)
from turbo_hipster_databases.snapshots.manifest import (
    Entry,
    Manifest,
    Snapshot,
)

LOG = logging.getLogger(__name__)


class Store:
    """A folder of snapshots that builds share; safe from several threads.

    What a store hands out is held: no other process drops it until this
    store lets it go, is closed, or its process ends, however it ends.
    ``log`` is told what takes long and what was found broken.
    """

    def __init__(self, folder: Path, log: logging.Logger = LOG) -> None:
        self.folder = folder
        self._log = log
        self._mutex = threading.Lock()
        self._held: dict[str, int] = {}
        self._uses: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all that was handed out."""
        with self._mutex:
            self._uses.clear()
            while self._held:
                os.close(self._held.popitem()[1])

    def let_go(self, snapshot: Snapshot) -> None:
        """Say that one who was handed it does not run on it any more."""
        with self._mutex:
            for key in (snapshot.key, *snapshot.below):
                self._uses[key] -= 1
                if self._uses[key] <= 0 and key in self._held:
                    os.close(self._held.pop(key))

    def find(self, manifest: Manifest) -> Snapshot | None:
        """Return the snapshot, held and marked as used, if there is one.

        One that is damaged is none.
        """
        folder = self.folder / manifest.key
        if not folder.is_dir():
            return None
        try:
            return self._hold(folder)
        except shelf.Damaged as error:
            if folder.is_dir():
                self._log.warning("snapshot %s is damaged: %s", folder, error)
            return None

    def _hold(self, folder: Path) -> Snapshot:
        """Lock the snapshot of that folder, with those it lies upon."""
        new: dict[str, int] = {}
        with self._mutex:
            try:
                self._lock(folder, new)
                snapshot = shelf.read(folder)
                for key in snapshot.below:
                    self._lock(folder.with_name(key), new)
                # what it lies upon may have gone before it was locked
                snapshot = shelf.read(folder)
            except shelf.Damaged:
                for descriptor in new.values():
                    os.close(descriptor)
                raise
            self._held |= new
            for key in (snapshot.key, *snapshot.below):
                self._uses[key] += 1
                os.utime(self._held[key])
        return snapshot

    def _lock(self, folder: Path, new: dict[str, int]) -> None:
        held = self._held.get(folder.name)
        if held is not None:
            if locks.is_of(folder / shelf.USED, held):
                return
            # it was damaged, and another stands in its place
            os.close(self._held.pop(folder.name))
            del self._uses[folder.name]
        descriptor = locks.take(folder / shelf.USED, shared=True)
        if descriptor is None:
            raise shelf.Damaged(f"{folder.name}/{shelf.USED} is gone")
        new[folder.name] = descriptor

    def make(
        self,
        manifest: Manifest,
        fill: Callable[[Path], None],
        *,
        needs: int = 0,
        durable: bool = False,
        upon: str = "",
    ) -> Snapshot:
        """Return the snapshot; made by ``fill`` if there is none yet.

        ``fill`` gets an empty folder that belongs to the manifest's owner
        and leaves a cleanly shut-down data directory in it; whatever it
        raises is raised here (an OSError becomes SnapshotFailed, or
        DiskFull) and nothing is kept.  Of several processes that
        ask at once one makes it and the others wait.  ``needs`` is how many
        bytes it is likely to take: least recently used snapshots are dropped
        when the disk has less.  A ``durable`` one is synced, and outlives a
        start of the machine; others are made anew then.  ``upon`` is the key
        of a held snapshot whose layer it is.  Raises SnapshotFailed, and
        DiskFull.
        """
        found = self.find(manifest)
        if found:
            return found
        with (
            disks.watched(self.folder, "no snapshot can be made"),
            making.turn(self.folder, manifest.key, self._log),
        ):
            found = self.find(manifest)
            if found:
                return found
            making.sweep(self.folder, manifest.key)
            pruning.set_aside(self.folder / manifest.key)
            pruning.make_room(self.folder, needs, self._log)
            lock = making.make(
                self.folder, manifest, fill, upon=upon, durable=durable
            )
            try:
                found = self.find(manifest)
            finally:
                os.close(lock)
        if not found:
            raise SnapshotFailed(
                f"the snapshot {self.folder / manifest.key} was made and is "
                "gone again; the log says why"
            )
        return found

    def keep(self, manifest: Manifest, body: Body) -> Snapshot:
        """Make a snapshot of a body whose server was shut down cleanly.

        The body is used up: its files are moved where they can be.  The
        changes of an overlay's body become a layer upon the snapshot that it
        was cloned from, which this store must hold.
        """
        upon = taking.upon(body, self.folder)
        return self.make(
            manifest,
            lambda folder: taking.take(body, folder, layer=bool(upon)),
            upon=upon,
        )

    def list(self) -> Sequence[Entry]:
        """Return what there is, most recently used first; holds nothing."""
        return pruning.entries(self.folder)

    def drop(self, snapshot: Snapshot) -> bool:
        """Remove a snapshot that nobody uses and none lies upon.

        False: it is in use, or gone already.
        """
        return pruning.drop(snapshot.folder)

    def prune(self, wanted: int) -> Sequence[Snapshot]:
        """Drop snapshots until ``wanted`` bytes are freed; returns them.

        Least recently used ones go first, none that is in use.
        """
        return pruning.prune(self.folder, wanted)
