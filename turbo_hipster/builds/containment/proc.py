"""What /proc says of a process; each answer may be old when it arrives.

A process that is gone has no children, no name and no start time: the
functions answer with nothing rather than raise.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

GONE = (FileNotFoundError, ProcessLookupError, NotADirectoryError)
HAVE_CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children").exists()
"""Whether the kernel was built with CONFIG_PROC_CHILDREN; most are."""


def read(path: str) -> bytes:
    """Return all of a small file, with as few calls as can be."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        pieces = []
        while piece := os.read(descriptor, 65536):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(descriptor)


def pids() -> list[int]:
    """Return every process that /proc shows, threads not counted."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208


def newest_first(found: list[int]) -> list[int]:
    """Sort pids by their age, the youngest first.

    They are given in ascending order and begin anew at some time; the last
    field of /proc/loadavg, see proc_loadavg(5), is the one given last.
    """
    last = int(read("/proc/loadavg").split()[-1])
    return sorted(found, key=lambda pid: (pid <= last, pid), reverse=True)


def children(pid: int) -> list[int]:
    """Return the children of ``pid``, of all its threads, zombies too."""
    if not HAVE_CHILDREN:
        return [child for child in pids() if parent(child) == pid]
    found: list[int] = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208
    except GONE:
        return found
    for thread in threads:
        try:
            text = read(f"/proc/{pid}/task/{thread}/children")
        except GONE:
            continue
        found += map(int, text.split())
    return found


def children_tree(pid: int) -> list[int]:
    """Return the descendants of ``pid``, parents first, zombies too.

    Costs some 25 µs a process.  What forks meanwhile may be missed.
    """
    found: list[int] = []
    seen = {pid}
    waiting = [pid]
    while waiting:
        for child in children(waiting.pop()):
            if child not in seen:
                seen.add(child)
                found.append(child)
                waiting.append(child)
    return found


def _stat(pid: int) -> list[bytes]:
    """Return the fields of /proc/PID/stat from the state on, or nothing."""
    try:
        text = read(f"/proc/{pid}/stat")
    except GONE:
        return []
    # the name before it may hold blanks and brackets
    return text[text.rfind(b")") + 2 :].split()


def state(pid: int) -> str:
    """Return the letter of proc_pid_stat(5), or "" when it is gone."""
    fields = _stat(pid)
    return fields[0].decode() if fields else ""


def parent(pid: int) -> int:
    """Return the parent's pid, or 0 when it is gone."""
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def start_time(pid: int) -> int:
    """Return the start in clock ticks since boot, or 0 when it is gone."""
    fields = _stat(pid)
    return int(fields[19]) if fields else 0


def alive(pid: int) -> bool:
    """Whether it exists and is no zombie."""
    return state(pid) not in ("", "Z", "X")


def name(pid: int) -> str:
    """Return the command's name (15 bytes at most), or "" when gone."""
    try:
        return read(f"/proc/{pid}/comm").decode(errors="replace").strip()
    except GONE:
        return ""


def environment(pid: int) -> Iterator[bytes]:
    """Yield the NAME=VALUE pairs it was started with, where we may read.

    The kernel shows what the last exec was given; later changes, and those
    of a process that only forked, do not appear.
    """
    try:
        yield from read(f"/proc/{pid}/environ").split(b"\0")
    except (*GONE, PermissionError):
        return
