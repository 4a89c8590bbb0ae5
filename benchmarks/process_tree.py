"""What a tree of processes uses, as the kernel tells it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def stat(pid: int) -> list[str]:
    """Return the fields of ``/proc/PID/stat`` after the name, or nothing."""
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def tree(root: int) -> list[int]:
    """Return ``root`` and all its descendants that live."""
    parents = {
        int(entry.name): int(fields[1])
        for entry in PROC.iterdir()
        if entry.name.isdigit() and (fields := stat(int(entry.name)))
    }
    found = [root]
    for pid in found:
        found += [child for child, up in parents.items() if up == pid]
    return found


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and its reaped children."""
    fields = stat(pid)
    return sum(int(field) for field in fields[11:15]) / TICKS


def proportional_bytes(pid: int) -> int:
    """Return a process's memory, pages that are shared counted in part."""
    text = (PROC / str(pid) / "smaps_rollup").read_text()
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise ValueError(f"smaps_rollup of {pid} has no Pss")


def descriptors(pid: int) -> int:
    """Return how many files a process has open."""
    with contextlib.suppress(OSError):
        return len(os.listdir(PROC / str(pid) / "fd"))  # noqa: PTH208
    return 0
