"""How growth is told to a person."""

from __future__ import annotations

from turbo_hipster_real_db_upgrade.checking.scale.shown import Scaled
from turbo_hipster_real_db_upgrade.growth import Growth

LAWS = {"quadratic": "n^2", "cubic": "n^3"}
"""Names of laws that a formula says shorter."""

UNITS = (
    (1.0, 0.001, "ms"),
    (100.0, 1.0, "s"),
    (100 * 60.0, 60.0, "min"),
    (48 * 3600.0, 3600.0, "h"),
)
"""Seconds below which a unit is used, its length, and its name."""

DAY = 24 * 3600.0


def says(scaled: Scaled, growth: Growth) -> str:
    """Return what goes on where the step was named."""
    here = duration(scaled.longest)
    size = scaled.timed[-1].rows[scaled.table]
    grows = (
        f"grows as {LAWS.get(growth.law.name, growth.law.name)}: {here} at "
        f"{count(size)} rows of {scaled.table}"
    )
    least, most = growth.interval(scaled.target)
    there = between(growth.at(scaled.target), least, most)
    if scaled.production is not None:
        return f"{grows}, {there} at the {count(scaled.target)} of production"
    if scaled.target > size:
        grows += f", {there} at all {count(scaled.target)} of the dataset"
    return f"{grows}; the dataset does not say how many production has"


def duration(seconds: float) -> str:
    """Return a time in its best unit: 41 s, 70 min, 3.5 h, 12 days."""
    length, unit = _unit(seconds)
    return f"{_short(seconds / length)} {unit}"


def between(seconds: float, least: float, most: float) -> str:
    """Return a time with its interval in the same unit: 70 min (58-90)."""
    length, _ = _unit(seconds)
    return (
        f"{duration(seconds)} ({_short(least / length)}-"
        f"{_short(most / length)})"
    )


def count(rows: int) -> str:
    """Return a count of rows: 350, 12 k, 1.5 M."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if rows >= limit:
            return f"{rows / (1e3 if unit == 'k' else limit):.3g} {unit}"
    return f"{rows:,}"


def _unit(seconds: float) -> tuple[float, str]:
    for below, length, unit in UNITS:
        if seconds < below:
            return length, unit
    return DAY, "days"


def _short(value: float) -> str:
    return f"{value:.1f}" if value < 9.95 else f"{value:,.0f}"
