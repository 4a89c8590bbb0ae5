"""Counts and times, gathered from several threads."""

from __future__ import annotations

import bisect
import dataclasses
import threading
from collections.abc import Callable

from turbo_hipster.watching.metrics import SECONDS, Metric

Labels = tuple[str, ...]
Sink = Callable[[Metric, Labels, float], None]


@dataclasses.dataclass
class Times:
    """Times of one kind: how many fell below which bound, and their sum.

    The last count is of those above all bounds.
    """

    counts: list[int] = dataclasses.field(
        default_factory=lambda: [0] * (len(SECONDS) + 1)
    )
    sum: float = 0.0


@dataclasses.dataclass(frozen=True)
class Sample:
    """One number with the values of its metric's labels."""

    metric: Metric
    labels: Labels
    value: float | Times


class Numbers:
    """Counters and histograms; safe from several threads.

    Each change is passed to the ``sinks`` as well, in the same thread.
    """

    def __init__(self) -> None:
        self.sinks: list[Sink] = []
        self._lock = threading.Lock()
        self._counts: dict[tuple[Metric, Labels], float] = {}
        self._times: dict[tuple[Metric, Labels], Times] = {}

    def add(self, metric: Metric, *labels: str, amount: float = 1) -> None:
        """Count; an ``amount`` of 0 makes the number known."""
        with self._lock:
            key = (metric, labels)
            self._counts[key] = self._counts.get(key, 0) + amount
        self._pass_on(metric, labels, amount)

    def observe(self, metric: Metric, *labels: str, seconds: float) -> None:
        """Take note of a time."""
        with self._lock:
            times = self._times.setdefault((metric, labels), Times())
            times.counts[bisect.bisect_left(SECONDS, seconds)] += 1
            times.sum += seconds
        self._pass_on(metric, labels, seconds)

    def samples(self) -> list[Sample]:
        """Return what there is now, the times copied."""
        with self._lock:
            return [
                *(Sample(*key, count) for key, count in self._counts.items()),
                *(
                    Sample(*key, Times(list(times.counts), times.sum))
                    for key, times in self._times.items()
                ),
            ]

    def _pass_on(self, metric: Metric, labels: Labels, value: float) -> None:
        for sink in self.sinks:
            sink(metric, labels, value)
