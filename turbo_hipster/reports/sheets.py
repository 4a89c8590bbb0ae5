"""Tables for the eye: columns in order, numbers to the right."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

from turbo_hipster import model
from turbo_hipster.reports import units
from turbo_hipster.reports.visible import clipped, visible

MOST = 1000  # rows on a page; report.json has them all
LONGEST = 500  # characters of a cell
WIDEST, LONG = 18, 30  # columns and rows beyond which a table is folded


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its head with the columns that hold numbers, its rows.

    One that is more for programs than for the eye is ``folded``.
    """

    name: str
    title: str
    head: tuple[tuple[str, bool], ...]
    rows: list[list[str]]
    left_out: int
    folded: bool = False


def sheets(tables: Sequence[model.Table]) -> list[Sheet]:
    """Return the tables that have rows."""
    return [_sheet(table) for table in tables if table.rows]


def columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the columns of all rows, in the order they first appear."""
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
    return list(names)


def _sheet(table: model.Table) -> Sheet:
    rows = table.rows[:MOST]
    names = columns(rows)
    head = tuple(
        (
            visible(str(name)),
            all(_numeric(row.get(name)) for row in rows)
            and any(row.get(name) is not None for row in rows),
        )
        for name in names
    )
    digits = [_digits([row.get(name) for row in rows]) for name in names]
    body = [
        [
            clipped(visible(_cell(row.get(name), places)), LONGEST)
            for name, places in zip(names, digits, strict=True)
        ]
        for row in rows
    ]
    return Sheet(
        table.name, visible(table.title or table.name), head, body,
        len(table.rows) - len(rows),
        len(names) > WIDEST or len(rows) > LONG,
    )  # fmt: skip


def _cell(value: object, digits: int) -> str:
    if digits and isinstance(value, int | float) and math.isfinite(value):
        return f"{value:,.{digits}f}"
    return units.cell(value)


def _digits(values: Sequence[object]) -> int:
    """Return how many decimals a column of fractions shows; else 0."""
    if not any(isinstance(value, float) for value in values):
        return 0
    if not all(map(_numeric, values)):
        return 0
    most = max(
        (abs(value) for value in values if isinstance(value, int | float)),
        default=0,
    )
    if not 0.1 <= most < 1e9:
        return 0
    return 1 if most >= 1000 else 2 if most >= 100 else 3


def _numeric(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or number
