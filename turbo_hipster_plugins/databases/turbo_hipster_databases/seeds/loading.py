"""A seed goes into a server's empty database."""

from __future__ import annotations

from pathlib import Path

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Server


def load(context: TaskContext, server: Server, seed: Path) -> None:
    """Load ``seed`` into the database of ``server``.

    A seed is SQL text, as it is or packed with gzip or zstd; an archive of
    ``pg_dump --format=custom``; or an SQLite file.  What it is, is seen from
    its content.  ``Engine.load`` of our engines calls this.  Raises
    SeedRefused.
    """
    raise NotImplementedError
