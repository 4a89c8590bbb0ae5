"""A disk that is full, in the words of whoever notices it.

It is no fault of a change and says nothing about one: somebody makes room,
and the client tries again.
"""

from __future__ import annotations

import contextlib
import errno
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import DiskFull
from turbo_hipster_databases.model import Failure

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
SAID = re.compile(
    r"No space left on device|Disk quota exceeded|Disk is full writing|"
    r"database or disk is full|"
    r"\b(?:errno|errcode|error)(?: number)?[^\w\n]{1,3}28\b",
    re.IGNORECASE,
)
"""What the C library, SQLite, and the servers' logs say."""

CODES = ("SQLITE_FULL", "53100", "1021")
"""SQLite's name, PostgreSQL's disk_full, MariaDB's ER_DISK_FULL."""

ASK_THE_LOG = ("", "1114", "2006", "2013", "57P02", "57P03")
"""A table is full (as one in memory may be), or the server was lost: only
its log says whether that was for the disk."""

CLIENTS = re.compile(r"\b(?:1114|2006|2013)\b|server closed the connection")
"""The same, in what a client printed."""


READ = 64 * 1024
"""Characters of a log that are read: who looks at a server that is lost, and
comes back, fills it."""


def noticed_by(failure: Failure, server: Server) -> bool:
    """Say whether a step failed because the disk is full."""
    if failure.code in CODES or SAID.search(failure.message):
        return True
    if failure.kind in ("sql", "hang") and failure.code in ASK_THE_LOG:
        return bool(SAID.search(server.log_tail(READ)))
    return failure.kind == "command" and _said(
        failure.message, server.log_tail
    )


def full(place: Path, what: str) -> DiskFull:
    """Return the error: ``what`` went wrong for want of room at ``place``."""
    return DiskFull(
        f"the disk with {place} is full; make room there and try again: {what}"
    )


def _nothing(_most: int) -> str:
    return ""


@contextlib.contextmanager
def watched(
    place: Path,
    what: str,
    *kinds: type[Exception],
    log: Callable[[int], str] = _nothing,
) -> Iterator[None]:
    """Raise DiskFull when an OSError, or one of ``kinds``, is due to that.

    Other errors pass.  ``log`` returns so much of the end of a server's log.
    """
    caught: tuple[type[Exception], ...] = (OSError, *kinds)
    try:
        yield
    except caught as error:
        number = getattr(error, "errno", None)
        if number in NO_ROOM or _said(str(error), log):
            raise full(place, f"{what}: {error}") from error
        raise


def _said(text: str, log: Callable[[int], str]) -> bool:
    if SAID.search(text):
        return True
    return bool(CLIENTS.search(text) and SAID.search(log(READ)))
