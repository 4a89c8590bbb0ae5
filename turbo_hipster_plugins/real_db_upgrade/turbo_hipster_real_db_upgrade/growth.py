"""How a step's time grows with the rows, and what that means in production.

A step is timed on a few sizes of the same data.  To these times laws of the
form ``a + b f(rows)`` are fitted, with ``a`` and ``b`` not below zero: the
work that every run has, and the work that grows.  The simplest law that the
times allow is taken; a steeper one must explain what the simpler ones cannot,
given that times are only known to within NOISE and JITTER.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Sequence

NOISE = 0.15
"""Of a time: two runs of the same step differ so much on an idle machine."""

JITTER = 0.005
"""Seconds that any time may be off, however short it is: the scheduler took
a turn, a page was not in memory."""

FEWEST = 3
"""Sizes below which no law can be told from another."""

SMALLEST_SPAN = 8.0
"""Times the smallest size: closer together, all laws look alike."""

MOST_CORNERS = 10
"""Sizes whose noise is combined in every way; a fit for 2 to their power."""


@dataclasses.dataclass(frozen=True, slots=True)
class Law:
    """A way to grow; ``order`` ranks them, 1 is linear."""

    name: str
    order: float
    shape: Callable[[float], float]


LAWS = (
    Law("constant", 0.0, lambda rows: 0.0),
    Law("linear", 1.0, lambda rows: rows),
    Law("n log n", 1.1, lambda rows: rows * math.log2(max(rows, 2.0))),
    Law("n^1.5", 1.5, lambda rows: rows**1.5),
    Law("quadratic", 2.0, lambda rows: rows**2),
    Law("cubic", 3.0, lambda rows: rows**3),
)
"""From flat to steep."""

STEEP = 1.5
"""The order from which a law is faster than linear, for a finding: an index
is built in n log n, and nobody can do better."""


@dataclasses.dataclass(frozen=True, slots=True)
class Growth:
    """The law of a step: ``fixed + factor * shape(rows)`` seconds.

    ``misfit`` is the largest distance of a time from the law, in parts of
    that time; one that jitter alone can cause is below NOISE.
    """

    law: Law
    fixed: float
    factor: float
    misfit: float
    times: tuple[tuple[float, float], ...]

    @property
    def steep(self) -> bool:
        """Say whether it grows faster than linearly."""
        return self.law.order >= STEEP

    def at(self, rows: float) -> float:
        """Return the seconds it would take with so many rows."""
        return self.fixed + self.factor * self.law.shape(rows)

    def interval(self, rows: float) -> tuple[float, float]:
        """Return the least and the most seconds that NOISE allows.

        Every time is taken a bit shorter and a bit longer, in all ways, and
        the law is fitted anew to each.
        """
        noisy = self.times[-MOST_CORNERS:]
        rest = self.times[:-MOST_CORNERS]
        seen = [self.at(rows)]
        for signs in itertools.product((-1, 1), repeat=len(noisy)):
            moved = [
                (size, max(seconds + sign * _off(seconds), seconds / 10))
                for (size, seconds), sign in zip(noisy, signs, strict=True)
            ]
            fixed, factor, _ = _fit(self.law, [*rest, *moved])
            seen.append(fixed + factor * self.law.shape(rows))
        return min(seen), max(seen)


def grow(times: Sequence[tuple[float, float]]) -> Growth | None:
    """Return the law of times by rows; None: they do not tell.

    ``times`` are pairs of rows and seconds.  Fewer than FEWEST sizes, or
    sizes that are too close to each other, tell nothing.
    """
    known = sorted(
        (float(rows), float(seconds))
        for rows, seconds in times
        if rows > 0 and seconds > 0 and math.isfinite(rows * seconds)
    )
    sizes = {rows for rows, _ in known}
    if len(sizes) < FEWEST or max(sizes) < SMALLEST_SPAN * min(sizes):
        return None
    best: Growth | None = None
    for law in LAWS:
        fixed, factor, misfit = _fit(law, known)
        # a steeper law has to halve what the simpler one leaves unexplained
        if best is None or (best.misfit > NOISE and misfit < best.misfit / 2):
            best = Growth(law, fixed, factor, misfit, tuple(known))
    return best


def _fit(
    law: Law, times: Sequence[tuple[float, float]]
) -> tuple[float, float, float]:
    """Return fixed and growing part, none below zero, and the misfit.

    Least squares of the distances, each in parts of its time: a second
    counts for more in a run of ten than in one of a thousand.
    """
    points = [
        (law.shape(rows), seconds, _off(seconds) / NOISE)
        for rows, seconds in times
    ]
    unit = max(shape for shape, _, _ in points) or 1.0
    # shapes are scaled, since a cube is large
    s00 = sum(1 / part**2 for _, _, part in points)
    s01 = sum((x / unit) / part**2 for x, _, part in points)
    s11 = sum((x / unit) ** 2 / part**2 for x, _, part in points)
    t0 = sum(y / part**2 for _, y, part in points)
    t1 = sum((x / unit) * y / part**2 for x, y, part in points)
    choices = [(t0 / s00, 0.0)]
    if s11:
        choices.append((0.0, t1 / s11))
        det = s00 * s11 - s01**2
        if det > 1e-12 * s00 * s11:
            fixed = (t0 * s11 - t1 * s01) / det
            factor = (t1 * s00 - t0 * s01) / det
            if fixed >= 0 and factor >= 0:
                choices.append((fixed, factor))

    def distances(choice: tuple[float, float]) -> list[float]:
        return [
            abs(choice[0] + choice[1] * x / unit - y) / part
            for x, y, part in points
        ]

    fixed, factor = min(
        choices, key=lambda one: sum(part**2 for part in distances(one))
    )
    return fixed, factor / unit, max(distances((fixed, factor)))


def _off(seconds: float) -> float:
    """Return how many seconds a time of ``seconds`` may be off."""
    return NOISE * seconds + JITTER
