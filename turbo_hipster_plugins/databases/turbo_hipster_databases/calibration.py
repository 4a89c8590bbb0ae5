"""How fast this machine is right now, and which machines are like it.

Times of two builds can be compared when both say how long the same piece of
work took them.  That work is small, always the same, and of the kind that
migrations do: rows are written, indexed, changed and sorted.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from pathlib import Path

ROWS = 20_000
ROUNDS = 3

WORK = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, number INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {ROWS})
INSERT INTO t SELECT i, printf('%064x', i * 2654435761), i % 1000 FROM n;
CREATE INDEX t_name ON t (name);
UPDATE t SET number = number + length(name) WHERE number % 2;
CREATE TABLE u AS SELECT number, count(*), max(name) FROM t GROUP BY number;
"""  # noqa: S608 - the one value is ours


def calibrate(room: Path) -> float:
    """Return what the work takes in ``room``, in seconds; some 0.1 s.

    The median of ROUNDS, each on a new file.
    """
    return statistics.median(_round(room) for _ in range(ROUNDS))


def machine_class() -> str:
    """Name the machines that are about equally fast: processor and number."""
    name = platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                name = " ".join(line.split(":", 1)[1].split())
                break
    except OSError:
        pass  # another kernel: its architecture has to do
    return f"{len(os.sched_getaffinity(0))} x {name}"[:100]


def _round(room: Path) -> float:
    path = room / "calibration.sqlite"
    connection = sqlite3.connect(path)
    try:
        began = time.perf_counter()
        connection.executescript(WORK)
        return time.perf_counter() - began
    finally:
        connection.close()
        path.unlink(missing_ok=True)
