"""Limits that history suggests, and how a file of limits writes them."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Iterator, Sequence

from turbo_hipster_databases.history.limits import (
    FEWEST,
    FLOORS,
    learn,
    percentile,
    scaled,
    usual,
)
from turbo_hipster_databases.history.store import History
from turbo_hipster_databases.history.words import Quantity, Subject

DIGITS = 3
"""Of a limit; it is rounded up."""


@dataclasses.dataclass(frozen=True, slots=True)
class Suggested:
    """A limit of one step's quantity.

    ``learned`` is the median and some spreads, ``percentile`` the value that
    ``share`` of all runs did not exceed; both never below what hurts nobody
    when they are used, which ``limit`` is.
    """

    project: str
    dataset: str
    engine: str
    step: str
    quantity: Quantity
    count: int
    median: float
    learned: float
    percentile: float
    share: float
    limit: float

    @property
    def why(self) -> str:
        """Return what it comes from, in a line."""
        return (
            f"n={self.count}, median {self.median:.4g}, "
            f"{self.share * 100:g} % took at most {self.percentile:.4g}"
        )


def suggest(
    history: History,
    subjects: Sequence[Subject],
    quantities: Sequence[Quantity],
    share: float,
    *,
    by_percentile: bool,
) -> Iterator[Suggested]:
    """Yield a limit for each step that ran often enough.

    Where several classes of machines ran it, the largest of their limits
    counts.
    """
    cases: dict[tuple[str, str, str], list[Subject]] = {}
    for one in subjects:
        cases.setdefault((one.project, one.dataset, one.engine), []).append(
            one
        )
    for alike in cases.values():
        steps = dict.fromkeys(
            step for one in alike for step, _ in history.steps(one)
        )
        for quantity in quantities:
            for step in steps:
                found = [
                    _suggested(
                        history, one, step, quantity, share, by_percentile
                    )
                    for one in alike
                ]
                known = [one for one in found if one is not None]
                if known:
                    yield max(known, key=lambda one: one.limit)


def _suggested(
    history: History,
    subject: Subject,
    step: str,
    quantity: Quantity,
    share: float,
    by_percentile: bool,
) -> Suggested | None:
    figures = history.figures(subject, step, quantity)
    if len(figures) < FEWEST:
        return None
    speed = usual(figures)
    learned = learn(quantity, figures, speed)
    if learned is None:
        return None
    share_of_all = percentile(
        [scaled(quantity, one, speed) for one in figures], share
    )
    limit = share_of_all if by_percentile else learned.value
    return Suggested(
        subject.project,
        subject.dataset,
        subject.engine,
        step,
        quantity,
        learned.count,
        learned.median,
        learned.value,
        share_of_all,
        share,
        _rounded_up(max(limit, FLOORS[quantity])),
    )


def _rounded_up(value: float) -> float:
    """Round to a few digits, never below ``value``."""
    if value <= 0:
        return value
    unit = 10.0 ** (math.floor(math.log10(value)) - DIGITS + 1)
    return float(f"{math.ceil(value / unit - 1e-9) * unit:.{DIGITS}g}")


HEAD = """\
# Limits of migrations, suggested by 'turbo-hipster history limits'.
# A job reads this file with 'limits = ITS PATH'; what stands under one name
# may as well stand under 'limits' in that dataset's dataset.yaml.
# Times are in seconds, sizes in bytes.
"""


def text(suggested: Iterable[Suggested]) -> str:
    """Return a file of limits, with a comment on where each comes from."""
    cases: dict[str, dict[Quantity, list[Suggested]]] = {}
    for one in suggested:
        by_quantity = cases.setdefault(f"{one.dataset}/{one.engine}", {})
        by_quantity.setdefault(one.quantity, []).append(one)
    if not cases:
        return HEAD + "datasets: {}\n"
    lines = [HEAD + "datasets:"]
    for case, by_quantity in cases.items():
        lines.append(f"  {_key(case)}:")
        for quantity, ones in by_quantity.items():
            lines.append(f"    {quantity.value}:")
            lines += [
                f"      {_key(one.step)}: {_number(one.limit)}  # {one.why}"
                for one in ones
            ]
    return "\n".join(lines) + "\n"


def _key(name: str) -> str:
    """Quote a name; what JSON quotes, YAML reads."""
    return json.dumps(name, ensure_ascii=False)


def _number(value: float) -> str:
    """Write a number as YAML reads it: 1e+16 would be a text there."""
    return f"{value:.0f}" if value == int(value) else repr(value)
