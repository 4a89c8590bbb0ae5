"""How soon ``stop:`` is answered when every slot is busy."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import client, idle, measure, ours


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Fill both slots, stop one build, several times."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        ours.worker(Path(name)) as worker,
    ):
        seen = [stopped(worker) for _ in range(2 if quick else 15)]
    slowest = max(seen)
    yield measure.row(
        "stop: answered with all slots busy (slowest of all)",
        "ms",
        slowest * 1e3,
        reach=f"< 200 ms (median {statistics.median(seen) * 1e3:.1f} ms)",
        reached=slowest < 0.2,
    )


def stopped(worker: ours.Worker) -> float:
    """Return the seconds until the stop of one of two builds is answered."""
    with (
        client.Client(worker.port) as one,
        client.Client(worker.port) as other,
    ):
        facts = []
        for connection in (one, other):
            connection.submit("build:silent", worker.argument())
            facts.append(connection.first_data())
        taken = measure.seconds(lambda: idle.stop(worker, facts[0]))
        idle.stop(worker, facts[1])
        for connection in (one, other):
            connection.until(*client.TERMINAL)
        return taken
