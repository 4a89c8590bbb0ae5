"""Limits learned from history: robust, and able to explain themselves."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Sequence

from turbo_hipster_databases.history.words import TIMES, Figure, Quantity

FEWEST = 5
"""Figures below which history says nothing."""

WIDTH = 6.0
"""Spreads above the median that are still usual.

For figures that scatter like a bell one in a thousand million lies beyond
six; real ones have longer tails, and a false alarm costs more than a late
one."""

SPREAD = 1.4826
"""Makes the median distance from the median a standard deviation, where the
figures scatter like a bell; see Rousseeuw and Croux, 1993."""

LEAST_SPREAD = 0.05
"""Of the median: machines are not more regular than that."""

FLOORS = {
    Quantity.SECONDS: 1.0,
    Quantity.READ_STALL: 0.1,
    Quantity.WRITE_STALL: 0.1,
    Quantity.ROWS_READ: 1_000.0,
    Quantity.ROWS_CHANGED: 1_000.0,
    Quantity.SIZE: 2.0**20,
    Quantity.LOG_BYTES: 2.0**20,
}
"""No limit is below these: so little hurts nobody."""


@dataclasses.dataclass(frozen=True, slots=True)
class Learned:
    """A limit, with what it was learned from."""

    value: float
    median: float
    spread: float
    count: int

    @property
    def source(self) -> str:
        """Return where the limit comes from, for a finding."""
        return f"history n={self.count}"


def learn(
    quantity: Quantity,
    figures: Sequence[Figure],
    calibration: float | None = None,
) -> Learned | None:
    """Return the limit that ``figures`` suggest; None: there are too few.

    ``calibration`` is this machine's own, in seconds: times of a run on a
    machine that was twice as fast count twice.  One without a calibration
    is taken as it is.
    """
    values = [
        scaled(quantity, figure, calibration)
        for figure in figures
        if math.isfinite(figure.value)
    ]
    if len(values) < FEWEST:
        return None
    median = statistics.median(values)
    distance = statistics.median(abs(value - median) for value in values)
    spread = max(SPREAD * distance, LEAST_SPREAD * median)
    value = max(median + WIDTH * spread, FLOORS[quantity])
    return Learned(value, median, spread, len(values))


def scaled(
    quantity: Quantity, figure: Figure, calibration: float | None
) -> float:
    """Return a figure as it would be on a machine of this calibration."""
    if quantity in TIMES and calibration and figure.calibration:
        return figure.value * calibration / figure.calibration
    return figure.value


def usual(figures: Sequence[Figure]) -> float | None:
    """Return the median calibration of figures, where any has one."""
    known = [one.calibration for one in figures if one.calibration]
    return statistics.median(known) if known else None


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that ``share`` of all do not exceed.

    The nearest rank: always one of the values, never below the share it
    promises.  ``share`` is above 0 and at most 1.  Raises ValueError for no
    values.
    """
    if not values:
        raise ValueError("no values have no percentile")
    if not 0 < share <= 1:
        raise ValueError(f"{share} is no share")
    rank = math.ceil(share * len(values) - 1e-9)
    return sorted(values)[max(rank, 1) - 1]
