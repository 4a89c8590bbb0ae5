"""What the report page shows beside the findings."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from turbo_hipster import model, task
from turbo_hipster_databases.model import Direction
from turbo_hipster_real_db_upgrade.checking import passes
from turbo_hipster_real_db_upgrade.climbing.climb import Climbed
from turbo_hipster_real_db_upgrade.judging.figures import total
from turbo_hipster_real_db_upgrade.showing import statements, steps, timeline
from turbo_hipster_real_db_upgrade.showing.steps import Usual
from turbo_hipster_real_db_upgrade.words import Case, Took


def begin(context: task.TaskContext) -> None:
    """Give the tables that matter most the first places on the page."""
    context.table("datasets", [], "The datasets")
    context.table("steps", [], "The steps of the change")


def datasets(
    context: task.TaskContext,
    climbs: Mapping[Case, Climbed],
    calibration: float,
) -> None:
    """Show what the steps ran on, and how old it is."""
    context.table(
        "datasets",
        [
            {
                "dataset": case.dataset.name,
                "engine": case.engine,
                "version": case.release.version,
                "taken": str(case.dataset.taken_at or ""),
                "days old": age(case.dataset.taken_at),
                "rows": _rows(case),
                "bytes": climbed.top.snapshot.bytes if climbed.top else None,
                "copied by": climbed.technique,
                "started from": climbed.layer.name,
                "steps skipped": climbed.skipped,
                "calibration": round(calibration, 4),
            }
            for case, climbed in climbs.items()
        ],
        "The datasets",
    )


def _rows(case: Case) -> int | None:
    """Return the rows of a seed, if it was noted when it was put there."""
    known = case.dataset.manifest.get(case.engine)
    return sum(known.rows.values()) if known and known.rows else None


def age(
    taken: datetime.date | None, today: datetime.date | None = None
) -> int | None:
    """Return how many days old a dataset is."""
    if taken is None:
        return None
    return ((today or datetime.date.today()) - taken).days


def migrations(
    context: task.TaskContext,
    climbs: Mapping[Case, Climbed],
    usual: Usual = lambda case, step: None,
) -> None:
    """Show a row for each measured step, and pictures of times and stalls.

    ``usual`` gives the seconds that a step usually takes.
    """
    context.table("steps", steps.rows(climbs, usual))
    for picture in timeline.pictures(climbs):
        context.chart(picture)
    context.table(
        "migrations",
        [
            row(case, took, climbed.marks)
            for case, climbed in climbs.items()
            for took in steps.ways(climbed)
        ],
        "For programs: the migrations that are judged",
    )
    for name, found, title in (
        ("statements", statements.rows(climbs), "The statements of each step"),
        (
            "statement-times",
            statements.spread(climbs),
            "How many statements took how long",
        ),
        (
            "not-judged",
            list(steps.not_judged(climbs)),
            "Run as well, and not judged",
        ),
    ):
        if found:
            context.table(name, found, title)
    _chart(context, climbs, "step-times", "How long each step took", _seconds)
    _chart(
        context,
        climbs,
        "write-stalls",
        "How long a writer was held up",
        lambda took: _stall(took, "write", "transaction"),
    )
    _chart(
        context,
        climbs,
        "read-stalls",
        "How long a reader was held up",
        lambda took: _stall(took, "read"),
    )


def row(
    case: Case, took: Took, marks: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Return one step for the table ``migrations``.

    ``marks`` are the words of later passes; each has a column.
    """
    measured, failure = took.measured, took.ran.failure
    lock = steps.strongest(measured.locks if measured else ())
    up = took.direction is Direction.UP
    found = marks.get(took.migration.revision, {}) if up else {}
    return {
        "engine": case.engine,
        "dataset": case.dataset.name,
        "revision": took.migration.revision,
        "from": list(took.migration.parents),
        "direction": took.direction.value,
        "seconds": round(took.ran.seconds, 6),
        "began": round(took.began, 3),
        "state": "failed" if failure else "ok",
        "read_stall": _rounded(_stall(took, "read")),
        "write_stall": _rounded(_stall(took, "write", "transaction")),
        "rows_read": total(measured.rows_read if measured else None),
        "rows_changed": total(measured.rows_changed if measured else None),
        "log_bytes": measured.log_bytes if measured else None,
        "size_change": measured.size_change if measured else None,
        "lock": f"{lock.mode} on {lock.table}" if lock else "",
        "lock_blocks": lock.blocks if lock else "",
        "lock_seconds": round(lock.seconds, 6) if lock else None,
        "rewritten": list(measured.rewritten) if measured else [],
        "overhead": round(measured.overhead, 6) if measured else None,
        **{one.name: found.get(one.name, "") for one in passes.PASSES},
    }


def _chart(
    context: task.TaskContext,
    climbs: Mapping[Case, Climbed],
    name: str,
    title: str,
    value: Any,
) -> None:
    series = tuple(_series(climbs, value))
    if series:
        context.chart(model.Chart(name, "bar", "s", series, title))


def _series(
    climbs: Mapping[Case, Climbed], value: Any
) -> Iterator[model.Series]:
    for case, climbed in climbs.items():
        points = tuple(
            (took.migration.revision, value(took)) for took in climbed.new
        )
        if any(point[1] is not None for point in points):
            yield model.Series(str(case), points)


def _seconds(took: Took) -> float:
    return took.ran.seconds


def _stall(took: Took, *kinds: str) -> float | None:
    if took.traffic is None:
        return None
    longest = took.traffic.longest(*kinds)
    return longest.seconds if longest else 0.0


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
