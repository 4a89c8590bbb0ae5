"""What a snapshot is made of, and the name that follows from it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

EMPTY = ("empty",)
"""``made_from`` of a snapshot of an empty server."""


@dataclasses.dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot was made from; equal ones are the same snapshot.

    ``version`` is the exact one of the server program.  ``made_from`` names
    the content: the sha256 of the seed and of each overlay in their order,
    ``EMPTY``, or for a layer the key of the snapshot before it and whatever
    its maker hashed.  ``settings`` are those that the data depend on (page
    size, encoding).  ``owner`` is the account that the files belong to;
    empty: our own.
    """

    engine: str
    version: str
    made_from: tuple[str, ...] = EMPTY
    settings: Mapping[str, str] = dataclasses.field(default_factory=dict)
    owner: str = ""

    @property
    def key(self) -> str:
        """Return the name of the snapshot's folder, safe in a path."""
        told = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:20]


@dataclasses.dataclass(frozen=True, slots=True)
class Snapshot:
    """A cleanly shut-down data directory, never written to again.

    ``layers`` are its folders, the topmost first: more than one where it
    lies upon another as an overlay's layer.  ``bytes`` is what its own
    folder takes on disk, ``made`` the time it was made (seconds since the
    epoch).
    """

    manifest: Manifest
    folder: Path
    layers: tuple[Path, ...]
    bytes: int
    made: float

    @property
    def key(self) -> str:
        """Return its name in the store."""
        return self.folder.name

    @property
    def below(self) -> tuple[str, ...]:
        """Return the keys of the snapshots that it lies upon."""
        return tuple(layer.parent.name for layer in self.layers[1:])

    def __str__(self) -> str:
        what = self.manifest
        return f"{self.key} ({what.engine} {what.version})"


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """A snapshot as a list shows it.

    ``last_use`` is in seconds since the epoch; ``in_use`` says that a build
    clones it or runs on it right now.
    """

    snapshot: Snapshot
    last_use: float
    in_use: bool
