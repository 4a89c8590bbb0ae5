"""The frame of a chart: round numbers, and labels that fit."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from turbo_hipster.reports.visible import visible

WIDTH, HEIGHT = 480, 270
LEFT, RIGHT, TOP, BOTTOM = 56, 456, 14, 228


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """A tick with its label, or a point or bar with what it says."""

    x: float
    y: float
    text: str
    width: float = 0
    height: float = 0


def across(
    series: Sequence[Sequence[tuple[float | str, float | None]]], bars: bool
) -> tuple[dict[float | str, float], tuple[Mark, ...]]:
    """Return where each x stands, and the labels that fit beneath."""
    order: dict[float | str, None] = {}
    for line in series:
        order.update(dict.fromkeys(x for x, _ in line))
    numbers = [float(x) for x in order if is_number(x)]
    if not bars and numbers and len(numbers) == len(order):
        low, high, step = scale(numbers, tight=True)
        share = (RIGHT - LEFT) / (high - low)
        places = {x: round(LEFT + (float(x) - low) * share, 1) for x in order}
        count = round((high - low) / step)
        ticks = [low + step * tick for tick in range(count + 1)]
        return places, tuple(
            Mark(round(LEFT + (tick - low) * share, 1), BOTTOM, short(tick))
            for tick in ticks
            if low <= tick <= high
        )
    slot = (RIGHT - LEFT) / max(1, len(order))
    places = {
        x: round(LEFT + slot * (place + 0.5), 1)
        for place, x in enumerate(order)
    }
    longest = max((len(label(x)) for x in order), default=1)
    room = min(longest, 14) * 9.5 + 14  # as large as on a phone
    every = max(1, math.ceil(room / slot))
    return places, tuple(
        Mark(at, BOTTOM, shortened(label(x)))
        for place, (x, at) in enumerate(places.items())
        if place % every == 0
    )


def scale(
    values: Sequence[float], *, from_zero: bool = False, tight: bool = False
) -> tuple[float, float, float]:
    """Return ends and step of an axis with round numbers."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if from_zero or (not tight and 0 <= low < (high - low) * 2):
        low, high = min(0.0, low), max(0.0, high)
    if high - low <= abs(high) * 1e-9:
        low, high = low - abs(low) * 0.5, high + abs(high) * 0.5
    if high - low < 1e-200:
        low, high = 0.0, 1.0
    rough = (high - low) / 5
    if not math.isfinite(rough) or rough <= 0:
        return 0.0, 1.0, 0.25
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(
        (power * n for n in (1, 2, 2.5, 5) if power * n >= rough * 0.999),
        power * 10,
    )
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def is_number(value: object) -> bool:
    """Whether a value has a place on an axis."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < 1e300
    )


def label(x: float | str) -> str:
    """Return an x as it is written beneath an axis."""
    if isinstance(x, str):
        return visible(x)
    return f"{x:g}" if math.isfinite(x) else str(x)


def shortened(text: str) -> str:
    """Return both ends of a long label; they differ most."""
    return text if len(text) <= 14 else text[:6] + "…" + text[-7:]


def short(value: float) -> str:
    """Write the number of a tick: ``25k``, ``2.5M``."""
    for limit, sign in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{value / (1e3 if sign == 'k' else limit):g}{sign}"
    return f"{round(value, 10):g}"
