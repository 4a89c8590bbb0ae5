"""What the listener is told of a worker, from the listener's thread.

It only looks: what it reads is replaced as a whole by those who change it.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from typing import Any

import turbo_hipster
from turbo_hipster.watching import metrics
from turbo_hipster.watching.numbers import Sample
from turbo_hipster.worker.worker import Worker


class Lookout:
    """Sees one worker."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def status(self) -> dict[str, Any]:
        """Return what ``turbo-hipster status`` shows, and more."""
        worker = self._worker
        status = worker.status()
        now = time.time()
        status["draining"] = worker.draining
        status["builds"] = [
            {
                **{key: one[key] for key in ("slot", "job", "build")},
                "phase": one["phase"],
                "step": one["step"],
                "elapsed": round(max(0.0, now - one["since"]), 3),
            }
            for one in status["slots"]
            if one["state"] == "busy"
        ]
        status["plugins"] = {
            job.name: job.entry for job in worker.plan.jobs.values()
        }
        status["not_offered"] = dict(worker.plan.refused)
        return status

    def ages(self) -> Mapping[str, float]:
        """Return the seconds since the last turn of each loop."""
        return self._worker.pulse.ages()

    def samples(
        self, ages: Mapping[str, float], ready: bool
    ) -> Iterator[Sample]:
        """Yield all numbers."""
        worker = self._worker
        yield from worker.numbers.samples()
        status = worker.status()
        busy = sum(one["state"] == "busy" for one in status["slots"])
        settings = worker.plan.settings
        for metric, value in (
            (metrics.SLOTS, settings.slots),
            (metrics.BUSY, busy),
            (metrics.READY, ready),
            (metrics.DRAINING, worker.draining),
            (metrics.NOT_OFFERED, len(worker.plan.refused)),
            (metrics.BEGAN, worker.started),
        ):
            yield Sample(metric, (), float(value))
        for server, count in worker.reconnects().items():
            yield Sample(metrics.RECONNECTS, (server,), count)
        for one in status["servers"]:
            yield Sample(
                metrics.CONNECTED, (one["server"],), float(one["registered"])
            )
        oldest: dict[str, float] = {}
        for loop, age in ages.items():
            kind = loop.partition("-")[0]
            oldest[kind] = max(age, oldest.get(kind, 0.0))
        for kind, age in oldest.items():
            yield Sample(metrics.AGE, (kind,), age)
        with contextlib.suppress(OSError):
            disk = os.statvfs(settings.state_dir)
            room = float(disk.f_bavail * disk.f_frsize)
            yield Sample(metrics.FREE, (), room)
            size = float(disk.f_blocks * disk.f_frsize)
            yield Sample(metrics.SIZE, (), size)
            if disk.f_files:
                yield Sample(metrics.INODES, (), float(disk.f_favail))
        facts = (turbo_hipster.__version__, settings.worker_name)
        yield Sample(metrics.INFO, (*facts, worker.launcher.technique), 1.0)
