"""What happens to builds, counted."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

from turbo_hipster.model import Verdict
from turbo_hipster.watching import metrics
from turbo_hipster.watching.numbers import Numbers

KILLED = {"ABORTED": "cancel", "TIMED_OUT": "time_limit"}
"""Verdicts that say a build was ended, and the word for why."""

LONGEST_QUEUE = 30 * 86400.0
"""Seconds; a longer wait is a wrong clock, or somebody's joke."""


class Tally:
    """Counts for one job's function; ``job`` and ``function`` are ours."""

    def __init__(self, numbers: Numbers, job: str, function: str) -> None:
        self._numbers = numbers
        self._whose = (job, function)
        self._phase: tuple[str, float] | None = None

    def known(self) -> None:
        """Show zeros: what is first seen as 1 has not risen, for alerts."""
        add = self._numbers.add
        for metric in (
            metrics.STARTED,
            metrics.REFUSED,
            metrics.UNPUBLISHED,
            metrics.BYTES,
        ):
            add(metric, *self._whose, amount=0)
        for metric, words in (
            (metrics.ENDED, [verdict.value for verdict in Verdict]),
            (metrics.KILLS, [*KILLED.values(), "keeper"]),
            (metrics.LEFTOVERS, ["process", "folder"]),
        ):
            for word in words:
                add(metric, *self._whose, word, amount=0)

    def refused(self) -> None:
        """A job's input was refused."""
        self._numbers.add(metrics.REFUSED, *self._whose)

    def started(self, queued_at: str | None = None) -> None:
        """A build was accepted; the client may say when it queued it."""
        self._numbers.add(metrics.STARTED, *self._whose)
        waited = _waited(queued_at)
        if waited is not None:
            self._numbers.observe(metrics.QUEUED, *self._whose, seconds=waited)

    def phase(self, name: str, at: float) -> None:
        """Another phase begins ``at`` a monotonic time; empty: none does."""
        if self._phase is not None:
            before, since = self._phase
            self._numbers.observe(
                metrics.PHASE, *self._whose, before, seconds=max(0, at - since)
            )
        self._phase = (name, at) if name else None

    def lost_keeper(self) -> None:
        """The process that kept a build hung or was killed."""
        self._numbers.add(metrics.KILLS, *self._whose, "keeper")

    def left(self, kind: str, count: int = 1) -> None:
        """Something of a build is still there: processes or a folder."""
        if count:
            self._numbers.add(
                metrics.LEFTOVERS, *self._whose, kind, amount=count
            )

    def ended(self, answer: Mapping[str, Any] | None, at: float) -> None:
        """A build is over; None: it could not be judged or published."""
        self.phase("", at)
        verdict = answer["verdict"] if answer else "ERROR"
        if verdict in KILLED:
            self._numbers.add(metrics.KILLS, *self._whose, KILLED[verdict])
        if not answer or not answer.get("url"):
            self._numbers.add(metrics.UNPUBLISHED, *self._whose)
        if answer:
            self.left("process", len(answer.get("left", ())))
            size = answer.get("bytes", 0)
            self._numbers.add(metrics.BYTES, *self._whose, amount=size)
        # last: who sees the build ended sees all the rest of it
        self._numbers.add(metrics.ENDED, *self._whose, verdict)


def _waited(queued_at: str | None) -> float | None:
    """Return how long a build waited; None when that makes no sense."""
    try:
        waited = time.time() - float(queued_at or "nan")
    except ValueError:
        return None
    sound = math.isfinite(waited) and -60 < waited < LONGEST_QUEUE
    return max(0.0, waited) if sound else None
