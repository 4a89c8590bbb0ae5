"""Layers: snapshots of a dataset after migrations that were run before.

A layer is found by the digest of what made it (see ``chain``).  Its data are
a snapshot of the databases library; a note beside the snapshots says which,
and which revisions its database is at.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Sequence
from pathlib import Path

from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.model import Release
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.snapshots import Manifest, Snapshot
from turbo_hipster_real_db_upgrade.climbing import soundness

FOLDER = "layers"


@dataclasses.dataclass(frozen=True, slots=True)
class Layer:
    """A state that can be cloned; ``name`` is for a reader."""

    digest: str
    snapshot: Snapshot
    reached: tuple[str, ...]
    name: str


class Layers:
    """The layers of one case; safe for builds that run at once.

    ``seed`` is the key of the snapshot at their bottom, once it is known.
    """

    def __init__(
        self, servers: Servers, engine: Engine, release: Release
    ) -> None:
        self._servers = servers
        self._engine = engine
        self._release = release
        self.seed = ""
        self._notes = servers.store.folder.parent / FOLDER
        self._notes.mkdir(parents=True, exist_ok=True)

    def find(self, digest: str) -> Layer | None:
        """Return a layer, held, if it is there and as it was kept.

        A damaged note is none; a layer with damaged files is set aside.
        """
        try:
            told = json.loads(self._note(digest).read_text())
            manifest = _manifest(told["manifest"])
            reached, name = tuple(told["reached"]), str(told["name"])
            made, seen = float(told["made"]), dict(_pairs(told["seen"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        store = self._servers.store
        snapshot = store.find(manifest)
        if snapshot is None:
            self._note(digest).unlink(missing_ok=True)  # it was pruned
            return None
        if snapshot.made != made:  # pruned, and made anew by another build
            return self.remember(digest, snapshot, reached, name)
        bad = soundness.damaged(
            snapshot, {str(key): str(look) for key, look in seen.items()}
        )
        if bad:
            store.let_go(snapshot)
            self._note(digest).unlink(missing_ok=True)
            log = self._servers.context.log
            soundness.set_aside(store.folder, bad, log)
            return None
        return Layer(digest, snapshot, reached, name)

    def remember(
        self,
        digest: str,
        snapshot: Snapshot,
        reached: Sequence[str],
        name: str,
    ) -> Layer:
        """Note that a snapshot is the layer of that digest."""
        told = {
            "manifest": dataclasses.asdict(snapshot.manifest),
            "reached": list(reached),
            "name": name,
            "made": snapshot.made,
            "seen": soundness.look(snapshot),
            "seed": self.seed,
        }
        note = self._note(digest)
        draft = note.with_name(f"{note.name}.{self._servers.context.build.id}")
        draft.write_text(json.dumps(told))
        draft.rename(note)
        return Layer(digest, snapshot, tuple(reached), name)

    def keep(
        self,
        server: Server,
        digest: str,
        reached: Sequence[str],
        name: str,
    ) -> Layer:
        """Make a layer of a server, which is over then."""
        manifest = Manifest(
            self._engine.name,
            self._release.version,
            ("layer", digest),
            {"origin": self._release.origin},
            self._servers.owner(self._engine, self._release),
        )
        snapshot = self._servers.keep(server, manifest)
        return self.remember(digest, snapshot, reached, name)

    def _note(self, digest: str) -> Path:
        return self._notes / f"{digest}.json"


def upon(folder: Path, seeds: Collection[str]) -> dict[str, str]:
    """Return the names of the layers upon these seeds, by digest.

    ``folder`` is that of the notes, ``seeds`` are keys of snapshots.
    """
    found = {}
    for note in sorted(folder.glob("*.json")):
        try:
            told = json.loads(note.read_text())
            if told["seed"] in seeds:
                found[note.stem] = str(told["name"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # pruned just now, damaged, or of an older release
    return found


def _manifest(told: dict[str, object]) -> Manifest:
    return Manifest(
        engine=str(told["engine"]),
        version=str(told["version"]),
        made_from=tuple(map(str, _list(told["made_from"]))),
        settings={
            str(key): str(value)
            for key, value in dict(_pairs(told["settings"])).items()
        },
        owner=str(told["owner"]),
    )


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _pairs(value: object) -> dict[object, object]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return value
