"""The geometry of charts: numbers in, positions of an SVG out."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from turbo_hipster import model
from turbo_hipster.reports import units
from turbo_hipster.reports.visible import visible

WIDTH, HEIGHT = 480, 270
LEFT, RIGHT, TOP, BOTTOM = 56, 456, 14, 228
SERIES = 6  # colours and dashes we can tell apart
POINTS = 2000  # of a chart that are drawn; the table has them all


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """A tick with its label, or a point or bar with what it says."""

    x: float
    y: float
    text: str
    width: float = 0
    height: float = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Curve:
    """One series as it is drawn: a path through points, or bars."""

    name: str
    colour: int
    path: str
    marks: tuple[Mark, ...]
    bars: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Drawing:
    """A chart ready for a template, its data as a table beside it."""

    name: str
    title: str
    unit: str
    curves: tuple[Curve, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int
    says: str


def draw(chart: model.Chart) -> Drawing:
    """Lay a chart out; points that are no numbers leave a gap."""
    bars = chart.kind == "bar"
    shown = chart.series[:SERIES]
    most = max(1, POINTS // max(1, len(shown)))
    series = [line.points[:most] for line in shown]
    places, across = _across(series, bars)
    values = [
        float(y)
        for line in series
        for _, y in line
        if y is not None and _is_number(y)
    ]
    low, high, step = _scale(values, from_zero=bars)

    def height(value: float) -> float:
        share = (value - low) / (high - low)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    slot = (RIGHT - LEFT) / max(1, len(places))
    curves = []
    for index, (line, points) in enumerate(zip(shown, series, strict=True)):
        marks: list[Mark] = []
        path: list[str] = []
        pen = "M"
        for x, y in points:
            if not _is_number(y):
                pen = "M"
                continue
            at, top = places[x], height(float(y or 0))
            text = f"{_label(x)}: {units.number(float(y or 0))} {chart.unit}"
            if bars:
                wide = max(0.6, slot * 0.76 / len(shown))
                begin = at + (index - len(shown) / 2) * wide
                base = height(0)
                tall = max(0.6, abs(base - top))
                marks.append(
                    Mark(round(begin, 1), min(top, base), text,
                         round(wide * 0.92, 1), round(tall, 1))
                )  # fmt: skip
            else:
                path.append(f"{pen}{at:g} {top:g}")
                marks.append(Mark(at, top, text))
                pen = "L"
        curves.append(
            Curve(visible(line.name), index, "".join(path), tuple(marks), bars)
        )
    ticks = round((high - low) / step)
    up = tuple(
        Mark(LEFT, height(low + step * tick), _short(low + step * tick))
        for tick in range(ticks + 1)
    )
    total = sum(len(line.points) for line in chart.series)
    drawn = sum(len(points) for points in series)
    title = visible(chart.title or chart.name)
    return Drawing(
        chart.name, title, visible(chart.unit), tuple(curves), across, up,
        tuple(visible(line.name) for line in chart.series), _rows(chart),
        total - drawn, _says(title, chart, values),
    )  # fmt: skip


def _across(
    series: Sequence[Sequence[tuple[float | str, float | None]]], bars: bool
) -> tuple[dict[float | str, float], tuple[Mark, ...]]:
    """Return where each x stands, and the labels that fit beneath."""
    order: dict[float | str, None] = {}
    for line in series:
        order.update(dict.fromkeys(x for x, _ in line))
    numbers = [float(x) for x in order if _is_number(x)]
    if not bars and numbers and len(numbers) == len(order):
        low, high, step = _scale(numbers, tight=True)
        share = (RIGHT - LEFT) / (high - low)
        places = {x: round(LEFT + (float(x) - low) * share, 1) for x in order}
        count = round((high - low) / step)
        ticks = [low + step * tick for tick in range(count + 1)]
        return places, tuple(
            Mark(round(LEFT + (tick - low) * share, 1), BOTTOM, _short(tick))
            for tick in ticks
            if low <= tick <= high
        )
    slot = (RIGHT - LEFT) / max(1, len(order))
    places = {
        x: round(LEFT + slot * (place + 0.5), 1)
        for place, x in enumerate(order)
    }
    longest = max((len(_label(x)) for x in order), default=1)
    room = min(longest, 14) * 9.5 + 14  # as large as on a phone
    every = max(1, math.ceil(room / slot))
    return places, tuple(
        Mark(at, BOTTOM, _shortened(_label(x)))
        for place, (x, at) in enumerate(places.items())
        if place % every == 0
    )


def _scale(
    values: Sequence[float], *, from_zero: bool = False, tight: bool = False
) -> tuple[float, float, float]:
    """Return ends and step of an axis with round numbers."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if from_zero or (not tight and 0 <= low < (high - low) * 2):
        low, high = min(0.0, low), max(0.0, high)
    if high - low <= abs(high) * 1e-9:
        low, high = low - abs(low) * 0.5, high + abs(high) * 0.5
        if high == low:
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


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < 1e300
    )


def _label(x: float | str) -> str:
    if isinstance(x, str):
        return visible(x)
    return f"{x:g}" if math.isfinite(x) else str(x)


def _shortened(text: str) -> str:
    return text if len(text) <= 14 else text[:6] + "…" + text[-7:]


def _short(value: float) -> str:
    for limit, sign in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{value / (1e3 if sign == 'k' else limit):g}{sign}"
    return f"{round(value, 10):g}"


def _rows(chart: model.Chart) -> tuple[tuple[str, ...], ...]:
    """Return the data: x, then a column for each series."""
    rows: dict[float | str, list[str]] = {}
    for column, line in enumerate(chart.series):
        for x, y in line.points:
            row = rows.setdefault(x, [units.NOTHING] * len(chart.series))
            row[column] = units.cell(y)
    return tuple((_label(x), *row) for x, row in rows.items())


def _says(title: str, chart: model.Chart, values: Sequence[float]) -> str:
    if not values:
        return f"{title}: no values"
    low, high = units.number(min(values)), units.number(max(values))
    kind = "bar" if chart.kind == "bar" else "line"
    unit = visible(chart.unit)
    return f"{title}: {kind} chart, from {low} to {high} {unit}".rstrip()
