"""A dataset, smaller: on a server of its own, for as long as it is used."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_real_db_upgrade.datasets.loading import loaded
from turbo_hipster_real_db_upgrade.scaling.thinning import thin


@contextlib.contextmanager
def scaled(
    servers: Servers,
    engine_name: str,
    seed: Path,
    overlays: Sequence[Path],
    share: float,
) -> Iterator[tuple[Server, Mapping[str, int]]]:
    """Lend a server with a share of a seed, and its rows per table.

    The seed is loaded once and cloned then.  See ``thin`` for what stays.
    """
    with loaded(servers, engine_name, seed, overlays) as server:
        connection = server.connect()
        try:
            rows = thin(engine_name, connection, share)
        finally:
            connection.close()
        yield server, rows
