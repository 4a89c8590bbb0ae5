"""Which locks others hold on an SQLite file, from the kernel's own list.

SQLite locks single bytes of its file, and never a table.  To read the list
takes nothing; to ask for a lock, or only to open and close the file beside
the library, would take away locks that this process has on it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

LIST = Path("/proc/locks")
PENDING = 0x40000000
"""See SQLite's file locking: this byte, RESERVED behind it, then SHARED."""
RESERVED = PENDING + 1
SHARED = PENDING + 2
WAL_WRITE = 120
"""The byte of the file ``-shm`` that the one writer of a WAL locks."""

EVERYTHING = "(the whole database)"
RANKS: Mapping[str, tuple[int, str]] = {
    "WRITE": (1, "writes"),
    "RESERVED": (2, "writes"),
    "PENDING": (3, "reads and writes"),
    "EXCLUSIVE": (4, "reads and writes"),
}
"""A WAL's writer has WRITE.  Who has PENDING waits for the readers that are
there, and no new one is let in."""

_BYTES = ((SHARED, "EXCLUSIVE"), (PENDING, "PENDING"), (RESERVED, "RESERVED"))
"""The strongest first: who has one has those that follow, too."""


def held(database: Path) -> list[str]:
    """Return the modes that other processes hold on a database."""
    main = _inode(database)
    shared_memory = _inode(database.with_name(database.name + "-shm"))
    modes = []
    for inode, bytes_ in _write_locks():
        if inode == main:
            modes += [mode for byte, mode in _BYTES if byte in bytes_]
        elif inode == shared_memory and WAL_WRITE in bytes_:
            modes.append("WRITE")
    return modes


def _inode(path: Path) -> str:
    try:
        return str(path.stat().st_ino)
    except FileNotFoundError:
        return ""


def _write_locks() -> Iterator[tuple[str, range]]:
    """Yield inode and bytes of the write locks of other processes.

    A line is: number, kind, ADVISORY, READ or WRITE, pid, device and inode,
    first byte, last byte; one of a waiting process has an arrow before the
    kind.  The device is passed over: some file systems show another one
    here than stat does.
    """
    ours = str(os.getpid())
    for line in LIST.read_text().splitlines():
        words = line.split()
        if (
            len(words) == 8
            and words[1] == "POSIX"
            and words[3] == "WRITE"
            and words[4] != ours
        ):
            first, last = words[6:]
            end = sys.maxsize if last == "EOF" else int(last) + 1
            yield words[5].rpartition(":")[2], range(int(first), end)
