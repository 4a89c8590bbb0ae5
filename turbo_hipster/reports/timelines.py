"""A chart of kind ``timeline``: what happened when, each thing in a lane.

A series is a lane, and its points are pairs of when something began and how
long it went on, both in the chart's unit.  Lanes whose names begin with the
same word have the same colour.
"""

from __future__ import annotations

from turbo_hipster import model
from turbo_hipster.reports import axes, charts, units
from turbo_hipster.reports.axes import Mark
from turbo_hipster.reports.visible import visible

KIND = "timeline"
LANES = 24  # that are drawn; report.json has them all
LANE = 32  # of its height, label and bar
BAR = 11
MOST = 200  # bars of a lane


def draw(chart: model.Chart) -> charts.Drawing:
    """Lay a timeline out; what has no place in time is left out."""
    unit, shown = visible(chart.unit), chart.series[:LANES]
    bars = [_bars(line) for line in shown]
    ends = [at for lane in bars for begin, took in lane
            for at in (begin, begin + took)]  # fmt: skip
    low, high, step = axes.scale(ends, from_zero=True)
    share = (axes.RIGHT - LEFT) / (high - low)
    bottom = axes.TOP + LANE * max(1, len(shown))
    colours: dict[str, int] = {}
    curves = []
    for place, (line, lane) in enumerate(zip(shown, bars, strict=True)):
        name = visible(line.name)
        word = name.partition(" ")[0]
        colour = colours.setdefault(word, len(colours) % charts.SERIES)
        top = axes.TOP + LANE * place + LANE - BAR - 3
        marks = tuple(
            Mark(
                round(LEFT + (begin - low) * share, 1), top,
                f"{name}: {units.number(took)} {unit} from "
                f"{units.number(begin)} {unit}",
                max(1.5, round(took * share, 1)), BAR,
            )
            for begin, took in lane
        )  # fmt: skip
        curves.append(charts.Curve(name, colour, "", marks, True))
    ticks = tuple(
        Mark(round(LEFT + step * tick * share, 1), bottom,
             axes.short(low + step * tick))
        for tick in range(round((high - low) / step) + 1)
    )  # fmt: skip
    rows = tuple(
        (visible(line.name), units.number(begin), units.number(took))
        for line, lane in zip(shown, bars, strict=True)
        for begin, took in lane
    )
    title = visible(chart.title or chart.name)
    total = sum(len(line.points) for line in chart.series)
    last = f"{units.number(high)} {unit}".strip()
    return charts.Drawing(
        chart.name, title, unit, tuple(curves), ticks, (),
        ("from", "for"), rows[: charts.ROWS], total - sum(map(len, bars)),
        max(0, len(rows) - charts.ROWS),
        f"{title}: timeline of {len(shown)} lanes, to {last}",
        tuple(
            Mark(LEFT, axes.TOP + LANE * place + LANE - BAR - 7,
                 visible(line.name))
            for place, line in enumerate(shown)
        ),
        bottom,
    )  # fmt: skip


LEFT = 8


def _bars(line: model.Series) -> list[tuple[float, float]]:
    return [
        (float(begin), float(took))
        for begin, took in line.points[:MOST]
        if axes.is_number(begin)
        and axes.is_number(took)
        and float(begin) >= 0
        and float(took or 0) >= 0
        and took is not None
    ]
