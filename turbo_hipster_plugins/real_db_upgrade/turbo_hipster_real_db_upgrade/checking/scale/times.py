"""How long a step takes on a part of the rows."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from turbo_hipster_databases.model import Failure
from turbo_hipster_real_db_upgrade.catalogue import asking
from turbo_hipster_real_db_upgrade.catalogue.model import NoCatalogue
from turbo_hipster_real_db_upgrade.checking.scale.bodies import thinned
from turbo_hipster_real_db_upgrade.checking.subject import Subject
from turbo_hipster_real_db_upgrade.climbing.layers import Layer
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed
from turbo_hipster_real_db_upgrade.measuring.warming import warm

RUNS = 3
ENOUGH = 10.0
"""Seconds: once the runs of a size took so long together, noise is small
against them, and there is no further one."""


class NotTimed(Exception):
    """A size could not be timed; the text says why."""


@dataclasses.dataclass(frozen=True, slots=True)
class Timed:
    """One size: per cent of the rows, those by table, and each run."""

    size: float
    rows: Mapping[str, int]
    runs: tuple[float, ...]

    @property
    def seconds(self) -> float:
        """The quickest run: what disturbs one only makes it slower."""
        return min(self.runs)


def times(
    subject: Subject, step: Rehearsed, sizes: Sequence[float]
) -> list[Timed]:
    """Time a step on every size; raises NotTimed.

    ``sizes`` are in per cent.  What would go beyond the budget is not begun.
    """
    return [_timed(subject, step, size) for size in sizes]


def _timed(subject: Subject, step: Rehearsed, size: float) -> Timed:
    _refuse_beyond(subject, step, size)
    try:
        body = thinned(subject.ground, step.before, size)
    except (*asking.ERRORS, NoCatalogue) as error:
        raise NotTimed(
            f"the data cannot be thinned to {size:g} % ({asking.code(error)})"
        ) from None
    runs: list[float] = []
    rows: Mapping[str, int] = {}
    while not runs or (
        len(runs) < RUNS and sum(runs) < ENOUGH and subject.budget
    ):
        _refuse_beyond(subject, step, size)
        rows, seconds = _run(subject, step, body, size)
        runs.append(seconds)
    return Timed(size, rows, tuple(runs))


def _refuse_beyond(subject: Subject, step: Rehearsed, size: float) -> None:
    """Raise NotTimed when the budget has no room for one more run."""
    took = next(
        (
            one.ran.seconds
            for one in subject.climbed.new
            if one.migration.revision == step.link.migration.revision
        ),
        0.0,
    )
    if not subject.budget:
        raise NotTimed(str(subject.budget))
    if took * size / 100 > subject.budget.left:
        raise NotTimed(
            f"{size:g} % of the rows would take it about "
            f"{took * size / 100:.0f} s, and {subject.budget.left:.0f} s of "
            f"the budget are left"
        )


def _run(
    subject: Subject, step: Rehearsed, body: Layer, size: float
) -> tuple[Mapping[str, int], float]:
    ground = subject.ground
    with ground.clone(body.snapshot) as server:
        warm(server, step.tables)
        with contextlib.closing(server.connect()) as connection:
            rows = {
                table: _count(ground.engine.name, connection, table)
                for table in step.tables
            }
        with ground.stepper(server) as stepper:
            ran = stepper.step(
                step.link.migration, timeout=ground.settings.step_timeout
            )
    if ran.failure is not None:
        raise NotTimed(
            f"it fails on {size:g} % of the rows ({_named(ran.failure)})"
        )
    return rows, ran.seconds


def _count(engine: str, connection: Any, table: str) -> int:
    mark = "`" if engine in ("mariadb", "mysql") else '"'
    name = ".".join(
        mark + part.replace(mark, mark * 2) + mark
        for part in table.split(".", 1)
    )
    query = f"SELECT COUNT(*) FROM {name}"  # noqa: S608 - quoted
    return asking.number(connection, query)


def _named(failure: Failure) -> str:
    """Return what is no value of the dataset: its message may have some."""
    return f"{failure.kind} {failure.code}".strip()
