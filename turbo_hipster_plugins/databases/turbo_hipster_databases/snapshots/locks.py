"""Locks between processes: files that are locked with flock(2).

A lock ends with the process that took it, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def take(
    path: Path,
    *,
    shared: bool = False,
    wait: bool = True,
    create: bool = False,
) -> int | None:
    """Lock the file; returns the descriptor that holds the lock.

    None: somebody else has it (and we were not to wait), or there is no
    such file (and we were not to create it).  Closing the descriptor lets
    go.  Whoever has the exclusive lock may remove the file: who waited for
    it looks again.
    """
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    flags = os.O_RDONLY | os.O_CLOEXEC | (os.O_CREAT if create else 0)
    while True:
        try:
            descriptor = os.open(path, flags, 0o644)
        except FileNotFoundError:
            if create and path.parent.is_dir():
                continue
            return None
        kept = False
        try:
            fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)
            kept = is_of(path, descriptor)
        except BlockingIOError:
            return None
        finally:
            if not kept:
                os.close(descriptor)
        if kept:
            return descriptor


def is_of(path: Path, descriptor: int) -> bool:
    """Say whether ``descriptor`` is that of the file that is there now."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(descriptor))
