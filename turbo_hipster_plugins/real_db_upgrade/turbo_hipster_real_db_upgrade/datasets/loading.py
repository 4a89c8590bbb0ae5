"""A seed in a private server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from turbo_hipster_databases import plugins
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.seeds.seeded import seeded
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_real_db_upgrade.catalogue.counting import counted
from turbo_hipster_real_db_upgrade.catalogue.model import NoCatalogue


@contextlib.contextmanager
def loaded(
    servers: Servers, engine_name: str, seed: Path, overlays: Sequence[Path]
) -> Iterator[Server]:
    """Lend a server with a seed and its overlays loaded.

    What was loaded is kept, so that the next build finds it.  Raises
    SeedRefused, ServerMissing, ServerFailed and SnapshotFailed.
    """
    engine = plugins.engine(engine_name)
    release = servers.release(engine)
    snapshot = seeded(
        servers.context, servers, engine, release, seed, overlays
    )
    server = servers.clone(snapshot)
    try:
        yield server
    finally:
        server.stop()


def rows(server: Server) -> Mapping[str, int]:
    """Return the rows of each table; none of an engine we cannot read."""
    connection = server.connect()
    try:
        return counted(server.engine.name, connection)
    except NoCatalogue:
        return {}
    finally:
        connection.close()
