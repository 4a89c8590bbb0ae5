"""What the report shows of growth: a table, and a picture of each law."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from turbo_hipster import model, task
from turbo_hipster_real_db_upgrade.checking.scale.times import Timed
from turbo_hipster_real_db_upgrade.growth import Growth
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed
from turbo_hipster_real_db_upgrade.words import Case

PICTURES = 6
"""Of a case; more would be a wall.  The table has every step."""

POINTS = 24
"""Of a law's curve."""


@dataclasses.dataclass(frozen=True)
class Scaled:
    """One step on several sizes.

    ``table`` is the one with most rows of those it touches: its rows count.
    ``whole`` is how many the dataset has, ``production`` how many production
    has, None where nobody said; ``longest`` is the time on the largest size.
    """

    step: Rehearsed
    table: str
    timed: tuple[Timed, ...]
    whole: int
    production: int | None
    growth: Growth | None
    longest: float

    @property
    def target(self) -> int:
        """The rows that its time is foretold for."""
        return self.whole if self.production is None else self.production


def show(
    context: task.TaskContext, case: Case, done: Sequence[Scaled]
) -> None:
    """Add the steps of a case to the table, and draw the slowest ones."""
    context.table(
        "scale",
        [_row(case, one) for one in done],
        "How each step grows with the rows",
    )
    drawn = [one for one in done if one.growth is not None]
    drawn.sort(key=_weight, reverse=True)
    for one in drawn[:PICTURES]:
        context.chart(_picture(case, one))


def _weight(one: Scaled) -> tuple[bool, float]:
    assert one.growth is not None
    return one.growth.steep, one.growth.at(one.target)


def _row(case: Case, one: Scaled) -> dict[str, Any]:
    growth = one.growth
    interval = growth.interval(one.target) if growth else (None, None)
    return {
        "engine": case.engine,
        "dataset": case.dataset.name,
        "revision": one.step.link.migration.revision,
        "table": one.table,
        **{
            f"{timed.size:g} % s": _short(timed.seconds) for timed in one.timed
        },
        "rows": one.timed[-1].rows[one.table],
        "law": growth.law.name if growth else "",
        "production rows": one.production,
        "foretold s": _short(growth.at(one.target)) if growth else None,
        "least s": _short(interval[0]),
        "most s": _short(interval[1]),
    }


def _picture(case: Case, one: Scaled) -> model.Chart:
    growth, migration = one.growth, one.step.link.migration
    assert growth is not None
    points = tuple(
        (timed.rows[one.table], timed.seconds) for timed in one.timed
    )
    first, last = points[0][0], points[-1][0]
    curve = [
        first + (last - first) * place / POINTS for place in range(POINTS + 1)
    ]
    return model.Chart(
        f"scale-{case}-{migration.revision}",
        "line",
        "s",
        (
            model.Series(
                growth.law.name,
                tuple((round(rows), growth.at(rows)) for rows in curve),
            ),
            model.Series("timed", tuple(_apart(points))),
        ),
        f"{case}: {migration} by rows of {one.table}",
    )


def _apart(
    points: Sequence[tuple[int, float]],
) -> Iterator[tuple[float, float | None]]:
    """Leave a gap between points: a line would look like a law."""
    for place, (rows, seconds) in enumerate(points):
        if place:
            yield (points[place - 1][0] + rows) / 2, None
        yield rows, seconds


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
