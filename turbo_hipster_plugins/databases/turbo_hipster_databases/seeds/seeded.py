"""A server's data with a seed loaded, made once per content."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.model import Release
from turbo_hipster_databases.seeds import identity, unpacking
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.servers.private import PrivateServer
from turbo_hipster_databases.servers.serverless import Serverless
from turbo_hipster_databases.snapshots.manifest import Snapshot
from turbo_hipster_databases.snapshots.taking import take

SWELLS, SWELLS_UNPACKED = 8, 2
"""How many times its size a seed takes, packed and not: rather too much."""


def seeded(
    context: TaskContext,
    servers: Servers,
    engine: Engine,
    release: Release,
    seed: Path,
    overlays: Sequence[Path] = (),
) -> Snapshot:
    """Return the snapshot of a server with ``seed`` and ``overlays`` loaded.

    It is held by ``servers.store``, made by the first build that asks, and
    once per content of the files; it outlives starts of the machine.  Raises
    SeedRefused, ServerFailed, SnapshotFailed.
    """
    store, files = servers.store, (seed, *overlays)
    digests = tuple(identity.sha256(file, store.folder) for file in files)
    empty = servers.prepared(engine, release)
    manifest = dataclasses.replace(empty.manifest, made_from=digests)
    store.let_go(empty)
    began = time.monotonic()

    def fill(folder: Path) -> None:
        server = servers.empty(engine, release)
        assert isinstance(server, PrivateServer | Serverless)
        try:
            for file in files:
                context.log.info("loading %s into %s", file.name, release)
                engine.load(server, file)
            server.stop(clean=True)
            take(server.body, folder, layer=False)
        finally:
            server.stop()
        context.log.info(
            "%s was loaded in %.1f s", seed.name, time.monotonic() - began
        )

    needs = sum(map(_needs, files))
    return store.make(manifest, fill, needs=needs, durable=True)


def _needs(file: Path) -> int:
    packed = unpacking.packing(file)
    return file.stat().st_size * (SWELLS if packed else SWELLS_UNPACKED)
