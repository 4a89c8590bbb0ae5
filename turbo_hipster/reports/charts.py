"""The geometry of charts: numbers in, positions of an SVG out."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from turbo_hipster import model
from turbo_hipster.reports import axes, units
from turbo_hipster.reports.axes import Mark
from turbo_hipster.reports.visible import visible

SERIES = 6  # colours and dashes we can tell apart
POINTS = 2000  # of a chart that are drawn
ROWS = 2000  # of its data that are written out; report.json has it all

Points = tuple[tuple[float | str, float | None], ...]


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
    """A chart ready for a template, its data as a table beside it.

    ``lanes`` are the labels of a timeline's lanes; ``bottom`` is where the
    axis stands.
    """

    name: str
    title: str
    unit: str
    curves: tuple[Curve, ...]
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int
    more_rows: int
    says: str
    lanes: tuple[Mark, ...] = ()
    bottom: float = axes.BOTTOM


def draw(chart: model.Chart) -> Drawing:
    """Lay a chart out; points that are no numbers leave a gap."""
    bars, unit = chart.kind == "bar", visible(chart.unit)
    shown = chart.series[:SERIES]
    most = max(1, POINTS // max(1, len(shown)))
    series = [_thinned(line.points, most, bars) for line in shown]
    places, ticks = axes.across(series, bars)
    values = [
        float(y)
        for line in series
        for _, y in line
        if y is not None and axes.is_number(y)
    ]
    low, high, step = axes.scale(values, from_zero=bars)

    def height(value: float) -> float:
        share = (value - low) / (high - low)
        return round(axes.BOTTOM - share * (axes.BOTTOM - axes.TOP), 1)

    slot = (axes.RIGHT - axes.LEFT) / max(1, len(places))
    curves = []
    for index, (line, points) in enumerate(zip(shown, series, strict=True)):
        marks: list[Mark] = []
        path: list[str] = []
        pen = "M"
        for x, y in points:
            if not axes.is_number(y):
                pen = "M"
                continue
            at, top = places[x], height(float(y or 0))
            text = f"{axes.label(x)}: {units.number(float(y or 0))} {unit}"
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
    up = tuple(
        Mark(
            axes.LEFT, height(low + step * tick), axes.short(low + step * tick)
        )
        for tick in range(round((high - low) / step) + 1)
    )
    total = sum(len(line.points) for line in chart.series)
    drawn = sum(len(points) for points in series)
    title = visible(chart.title or chart.name)
    rows = _rows(chart)
    return Drawing(
        chart.name, title, visible(chart.unit), tuple(curves), ticks, up,
        tuple(visible(line.name) for line in chart.series), rows[:ROWS],
        total - drawn, max(0, len(rows) - ROWS), _says(title, chart, values),
    )  # fmt: skip


def _thinned(points: Points, most: int, bars: bool) -> Points:
    """Keep what the eye would see: the extremes of each stretch."""
    if len(points) <= most:
        return points
    stretch = math.ceil(len(points) / most * (1 if bars else 2))
    kept: list[tuple[float | str, float | None]] = []
    for begin in range(0, len(points), stretch):
        part = range(begin, min(begin + stretch, len(points)))
        known = [place for place in part if axes.is_number(points[place][1])]
        if not known:
            kept.append(points[begin])
            continue
        high = max(known, key=lambda place: points[place][1] or 0)
        low = min(known, key=lambda place: points[place][1] or 0)
        chosen = {high} if bars else {low, high}
        kept += [points[place] for place in sorted(chosen)]
    return tuple(kept)


def _rows(chart: model.Chart) -> tuple[tuple[str, ...], ...]:
    """Return the data: x, then a column for each series."""
    rows: dict[float | str, list[str]] = {}
    for column, line in enumerate(chart.series):
        for x, y in line.points:
            row = rows.setdefault(x, [units.NOTHING] * len(chart.series))
            row[column] = units.cell(y)
    return tuple((axes.label(x), *row) for x, row in rows.items())


def _says(title: str, chart: model.Chart, values: Sequence[float]) -> str:
    if not values:
        return f"{title}: no values"
    low, high = units.number(min(values)), units.number(max(values))
    kind = "bar" if chart.kind == "bar" else "line"
    unit = visible(chart.unit)
    return f"{title}: {kind} chart, from {low} to {high} {unit}".rstrip()
