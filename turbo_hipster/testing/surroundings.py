"""What a task must leave as it was: the process it runs in."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from pathlib import Path
from typing import Any


def look() -> dict[str, Any]:
    """Return everything of this process that a task could leave changed."""
    mask = os.umask(0)
    os.umask(mask)
    return {
        "the working directory": str(Path.cwd()),
        "the umask": oct(mask),
        "signal handlers": {
            number.name: repr(signal.getsignal(number))
            for number in signal.valid_signals()
            if isinstance(number, signal.Signals)
        },
        "the environment": dict(os.environ),
        "threads": sorted(
            thread.name
            for thread in threading.enumerate()
            if thread.is_alive()
        ),
        "child processes": children(),
        "open files": open_files(),
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return a line for each thing that was left changed."""
    return [
        f"{what}: {change(before[what], after[what])}"
        for what in before
        if before[what] != after[what]
    ]


def change(before: Any, after: Any) -> str:
    """Say what came and what went."""
    if isinstance(before, dict):
        names = sorted(
            name
            for name in before.keys() | after.keys()
            if before.get(name) != after.get(name)
        )
        return ", ".join(
            f"{name} was {before.get(name)}, is {after.get(name)}"
            for name in names
        )
    if isinstance(before, list):
        new = [str(one) for one in after if one not in before]
        return f"new: {', '.join(new)}" if new else "some are gone"
    return f"was {before}, is {after}"


def children() -> list[int]:
    """Return our child processes, of all threads."""
    found: list[int] = []
    for file in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError):  # the thread has ended
            found += map(int, file.read_text().split())
    return sorted(found)


def open_files() -> list[str]:
    """Return what our file descriptors lead to."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        # the one that listed the folder is closed by now
        with contextlib.suppress(FileNotFoundError):
            found.append(f"{link.name} ({link.readlink()})")
    return sorted(found)
