"""A mark that a build's processes carry wherever they run to.

Each build has a hard RLIMIT_MSGQUEUE of its own.  It is inherited by fork
and exec, survives setsid, a double fork and a cleared environment, needs no
rights, and an ordinary user can only lower it.  Nobody misses the bytes: the
limit is about POSIX message queues, and half of the usual one remains.
"""

from __future__ import annotations

import resource
import secrets
from collections.abc import Collection

from turbo_hipster.builds.containment import proc

USUAL = 819200
"""The kernel's own hard limit; more of it only root can have."""

TRIES = 1000
"""Draws before we give up: so many builds run nowhere."""

ENVIRONMENT = "TURBO_HIPSTER_BUILD"
"""Variable that names the build in the environment of its commands."""


def new_mark(in_use: Collection[int]) -> int:
    """Return a limit in bytes that no build in ``in_use`` has.

    Drawn by lot, so that two workers on one machine differ as well.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_MSGQUEUE)
    top = USUAL if hard == resource.RLIM_INFINITY else min(hard, USUAL)
    # our own limit is no mark: everybody has it
    span = range(top // 2, top)
    for _ in range(TRIES):
        if span and (mark := span[secrets.randbelow(len(span))]) not in in_use:
            return mark
    raise ValueError(f"no mark is free below {top} bytes")


def carry(mark: int) -> None:
    """Take on the mark; for the calling process and all it will fork."""
    resource.setrlimit(resource.RLIMIT_MSGQUEUE, (mark, mark))


def carried(pid: int) -> int | None:
    """Return the hard limit of ``pid``, or None when it is gone or hidden.

    Source: prlimit(2), and for the processes of others /proc/PID/limits.
    """
    try:
        return resource.prlimit(pid, resource.RLIMIT_MSGQUEUE)[1]
    except ProcessLookupError:
        return None
    except PermissionError:
        return _limit_of_another(pid)


def _limit_of_another(pid: int) -> int | None:
    try:
        text = proc.read(f"/proc/{pid}/limits")
    except (*proc.GONE, PermissionError):
        return None
    for line in text.splitlines():
        if line.startswith(b"Max msgqueue size"):
            hard = line.split()[4]
            return int(hard) if hard.isdigit() else resource.RLIM_INFINITY
    return None
