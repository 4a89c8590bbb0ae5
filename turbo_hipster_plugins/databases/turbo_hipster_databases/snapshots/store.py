"""The snapshots of one state directory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from turbo_hipster_databases.model import Body
from turbo_hipster_databases.snapshots.manifest import (
    Entry,
    Manifest,
    Snapshot,
)


class Store:
    """A folder of snapshots that builds share; safe from several threads.

    What a store hands out is held: no other process drops it until this
    store lets it go, is closed, or its process ends, however it ends.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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
        raise NotImplementedError

    def let_go(self, snapshot: Snapshot) -> None:
        """Say that nothing of this process runs on it any more."""
        raise NotImplementedError

    def find(self, manifest: Manifest) -> Snapshot | None:
        """Return the snapshot, held and marked as used, if there is one."""
        raise NotImplementedError

    def make(
        self,
        manifest: Manifest,
        fill: Callable[[Path], None],
        *,
        needs: int = 0,
    ) -> Snapshot:
        """Return the snapshot; made by ``fill`` if there is none yet.

        ``fill`` gets an empty folder that belongs to the manifest's owner
        and leaves a cleanly shut-down data directory in it; whatever it
        raises is raised here and nothing is kept.  Of several processes that
        ask at once one makes it and the others wait.  ``needs`` is how many
        bytes it is likely to take: least recently used snapshots are dropped
        when the disk has less.  Raises SnapshotFailed.
        """
        raise NotImplementedError

    def keep(self, manifest: Manifest, body: Body) -> Snapshot:
        """Make a snapshot of a body whose server was shut down cleanly.

        The body is used up: its files are moved where they can be.  The
        changes of an overlay's body become a layer upon the snapshot that it
        was cloned from, which ``manifest.parent`` must name; with an empty
        ``parent`` they are merged into a whole copy.
        """
        raise NotImplementedError

    def list(self) -> Sequence[Entry]:
        """Return what there is, most recently used first; holds nothing."""
        raise NotImplementedError

    def prune(self, wanted: int) -> Sequence[Snapshot]:
        """Drop snapshots until ``wanted`` bytes are freed; returns them.

        Least recently used ones go first, none that is in use.
        """
        raise NotImplementedError
