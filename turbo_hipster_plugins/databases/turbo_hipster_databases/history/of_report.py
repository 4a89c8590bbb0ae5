"""Reports of real_db_upgrade builds: what their ``report.json`` measured."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from turbo_hipster_databases.history.words import (
    Quantity,
    RunRecord,
    StepRecord,
    Subject,
)

COLUMNS = {
    "seconds": Quantity.SECONDS,
    "read_stall": Quantity.READ_STALL,
    "write_stall": Quantity.WRITE_STALL,
    "rows_read": Quantity.ROWS_READ,
    "rows_changed": Quantity.ROWS_CHANGED,
    "size_change": Quantity.SIZE,
    "log_bytes": Quantity.LOG_BYTES,
}
"""Columns of the table ``migrations`` that history keeps."""


class NoReport(Exception):
    """The text is no report of ours; says why."""


def read(text: bytes, machine: str = "") -> tuple[RunRecord, ...]:
    """Return a run for each dataset and engine.  Raises NoReport.

    A report does not say which machine it comes from.
    """
    try:
        told = json.loads(text)
        if told["schema"] != 1:
            raise NoReport(f"it has schema {told['schema']!r:.20}, not 1")
        tables = {one["name"]: one["rows"] for one in told["tables"]}
        rows = tables.get("migrations", [])
        bodies = {
            (one["dataset"], one["engine"]): one
            for one in tables.get("datasets", [])
        }
        by_case: dict[tuple[str, str], list[StepRecord]] = {}
        for row in rows:
            if "dataset" in row and row["state"] == "ok":
                case = str(row["dataset"]), str(row["engine"])
                by_case.setdefault(case, []).append(_step(row))
        return tuple(_runs(told, by_case, bodies, machine))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NoReport("it is no report.json of turbo-hipster") from None


def _runs(
    told: Mapping[str, Any],
    by_case: Mapping[tuple[str, str], Sequence[StepRecord]],
    bodies: Mapping[tuple[str, str], Mapping[str, Any]],
    machine: str,
) -> Iterator[RunRecord]:
    for (dataset, engine), steps in by_case.items():
        body = bodies.get((dataset, engine), {})
        speed = body.get("calibration")
        yield RunRecord(
            str(told["build"]),
            Subject(str(told["project"] or ""), dataset, engine, machine),
            float(told["started"]),
            tuple(steps),
            str(body.get("version", "")),
            None if speed is None else float(speed),
        )


def _step(row: Mapping[str, Any]) -> StepRecord:
    parents = "+".join(map(str, row["from"])) or "empty"
    ends = parents, str(row["revision"])
    if row["direction"] == "down":
        ends = ends[::-1]
    figures = {}
    for column, quantity in COLUMNS.items():
        if row.get(column) is not None:
            value = max(float(row[column]), 0.0)
            if math.isfinite(value):
                figures[quantity] = value
    return StepRecord(
        "->".join(ends), figures, direction=str(row["direction"])
    )
