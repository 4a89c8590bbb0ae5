"""uv's cache is kept small: what it holds can be had again."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.environments.installing import Installer
from turbo_hipster_databases.environments.shelf import Shelf
from turbo_hipster_databases.snapshots.shelf import size

MOST = 4 * 2**30
"""Bytes that the cache may take; beyond, it begins anew.

Environments lose nothing by that: their files are links to the same blocks,
or copies.
"""

LOCK = "cache"


@contextlib.contextmanager
def used(shelf: Shelf) -> Iterator[None]:
    """Keep the cache from being trimmed for so long."""
    lock = shelf.lock(LOCK, fcntl.LOCK_SH)
    try:
        yield
    finally:
        os.close(lock)


def trim(
    context: TaskContext, shelf: Shelf, checkout: Path, most: int = MOST
) -> None:
    """Remove what no version of uv needs any more; all, if it is too much.

    Left to a later build when another one is installing right now.
    """
    try:
        lock = shelf.lock(LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    try:
        installer = Installer(context, shelf.cache, shelf.cache, checkout)
        installer.cache("clean" if size(shelf.cache) > most else "prune")
    finally:
        os.close(lock)
