"""A server's data with a seed loaded, made once per content."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.model import Release
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.snapshots.manifest import Snapshot


def seeded(
    context: TaskContext,
    servers: Servers,
    engine: Engine,
    release: Release,
    seed: Path,
    overlays: Sequence[Path] = (),
) -> Snapshot:
    """Return the snapshot of a server with ``seed`` and ``overlays`` loaded.

    It is made by the first build that asks, and once per content of the
    files.  Raises SeedRefused, ServerFailed, SnapshotFailed.
    """
    raise NotImplementedError
