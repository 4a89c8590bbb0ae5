"""What the workers of this machine say of their slots."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

SLACK = 5.0
"""Seconds by which the clocks of a start may differ."""


def slots(state_dir: Path) -> list[dict[str, Any]]:
    """Return the status files below ``state_dir``, one a worker.

    Each has ``gone``: True when no process with its id and its age is there
    any more, so that what it says is history.
    """
    found = []
    for path in sorted((state_dir / "workers").glob("*.json")):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(said, dict):
            pid, started = said.get("pid"), said.get("started")
            found.append({**said, "gone": not _lives(pid, started)})
    return found


def _lives(pid: object, started: object) -> bool:
    if not isinstance(pid, int) or not isinstance(started, int | float):
        return False
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/stat").read_text()
    except OSError:
        return False
    ticks = int(stat.rpartition(")")[2].split()[19])
    (booted,) = (
        int(line.split()[1])
        for line in boot.splitlines()
        if line.startswith("btime ")
    )
    # a process that began after the file was written has inherited the id
    return booted + ticks / os.sysconf("SC_CLK_TCK") <= started + SLACK
