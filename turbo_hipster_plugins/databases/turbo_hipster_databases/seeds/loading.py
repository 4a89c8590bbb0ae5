"""A seed goes into a server's empty database."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from turbo_hipster.task import TaskContext
from turbo_hipster_databases import disks
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.seeds import (
    endings,
    kinds,
    mariadb,
    postgresql,
    sqlite,
    unpacking,
)
from turbo_hipster_databases.seeds.progress import Progress

LOADERS: dict[str, Any] = {
    "mariadb": mariadb,
    "mysql": mariadb,
    "postgresql": postgresql,
    "sqlite": sqlite,
}


def load(context: TaskContext, server: Server, seed: Path) -> None:
    """Load ``seed`` into the database of ``server``.

    A seed is SQL text, as it is or packed with gzip or zstd; an archive of
    ``pg_dump --format=custom``; or an SQLite file.  What it is, is seen from
    its content.  It is the operator's, and trusted: SQL may do whatever the
    server lets it.  ``Engine.load`` of our engines calls this.  Raises
    SeedRefused, and DiskFull.
    """
    kind = kinds.examine(seed)
    engine = server.engine.name
    if kind.engines() and engine not in kind.engines():
        raise SeedRefused(
            f"the seed {seed} is for {' or '.join(kind.engines())}, not for "
            f"{engine}: it is {kind}"
        )
    loader = LOADERS.get(engine)
    if not loader:
        raise SeedRefused(
            f"seeds can be loaded into {', '.join(LOADERS)}, not {engine}"
        )
    content = unpacking.pieces(seed, kind.packing, Progress(context.log, seed))
    if kind.form == kinds.SQL:
        if not kind.packing:
            endings.check(seed, kind.writer, _tail(seed))
        content = endings.checked(seed, kind.writer, content)
    with (
        contextlib.closing(content),
        disks.watched(
            server.body.path,
            "a seed cannot be loaded",
            SeedRefused,  # what an engine's client said
            loader.ERROR,
            log=server.log_tail,
        ),
    ):
        loader.load(context, server, seed, kind, content)
    if not loader.tables(server):
        raise SeedRefused(f"the seed {seed} is empty: it makes no table")


def _tail(seed: Path) -> bytes:
    with seed.open("rb") as file:
        file.seek(max(0, seed.stat().st_size - endings.TAIL), os.SEEK_SET)
        return file.read()
