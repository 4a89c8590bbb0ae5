"""History in a database: runs go in, figures come out."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa

from turbo_hipster_databases.exceptions import HistoryUnusable
from turbo_hipster_databases.history.migrating import bring_up_to_date
from turbo_hipster_databases.history.tables import RUNS, STEPS
from turbo_hipster_databases.history.words import (
    Figure,
    Quantity,
    RunRecord,
    StepRecord,
    Subject,
)

PATIENCE = 30
"""Seconds that SQLite waits for another build that writes."""

MOST = 200
"""Figures of a step that are looked at: the newest ones."""


def _of(subject: Subject) -> Sequence[sa.ColumnElement[bool]]:
    return [
        RUNS.c[name] == value
        for name, value in _fitted(RUNS, dataclasses.asdict(subject)).items()
    ]


def _of_step(step: StepRecord) -> dict[str, Any]:
    """Return the columns of a step."""
    texts = {
        "step": step.step,
        "rung": step.rung,
        "direction": step.direction,
    }
    return _fitted(STEPS, texts) | {
        quantity.value: step.figures.get(quantity) for quantity in Quantity
    }


def _fitted(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Shorten texts that their columns do not hold.

    A merge of twenty branches has a long name.  What is cut off stands as a
    digest, so that two of them remain two.
    """
    return {
        name: _short(value, getattr(table.c[name].type, "length", None))
        for name, value in row.items()
    }


def _short(value: Any, most: int | None) -> Any:
    if most is None or not isinstance(value, str) or len(value) <= most:
        return value
    digest = hashlib.sha256(value.encode(errors="replace")).hexdigest()
    end = f"~{digest[:16]}"
    return value[: most - len(end)] + end


class History:
    """The history at an SQLAlchemy URL; several builds may share it.

    Its schema is made, or brought up to date, when it is opened.  Raises
    HistoryUnusable, whose text never has the URL's password in it.
    """

    def __init__(self, url: str) -> None:
        self._shown = "its URL"
        try:
            parsed = sa.make_url(url)
            self._shown = parsed.render_as_string(hide_password=True)
            sqlite = parsed.get_backend_name() == "sqlite"
            self._engine = sa.create_engine(
                parsed,
                poolclass=sa.NullPool,
                connect_args={"timeout": PATIENCE} if sqlite else {},
            )
            bring_up_to_date(self._engine)
        except (sa.exc.SQLAlchemyError, ImportError, OSError) as error:
            raise self._unusable(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._engine.dispose()

    def add(self, run: RunRecord) -> bool:
        """Remember a run; False: it is remembered already."""
        subject = run.subject
        row = {
            "build": run.build,
            "project": subject.project,
            "dataset": subject.dataset,
            "engine": subject.engine,
            "engine_version": run.engine_version,
            "machine": subject.machine,
            "started": run.started,
            "calibration": run.calibration,
        }
        try:
            with self._engine.begin() as connection:
                made = connection.execute(
                    sa.insert(RUNS).values(_fitted(RUNS, row))
                )
                assert made.inserted_primary_key is not None
                steps = [
                    {
                        "run": made.inserted_primary_key[0],
                        **_of_step(step),
                    }
                    for step in run.steps
                ]
                if steps:
                    connection.execute(sa.insert(STEPS), steps)
        except sa.exc.IntegrityError:
            return False
        except sa.exc.SQLAlchemyError as error:
            raise self._unusable(error) from None
        return True

    def figures(
        self,
        subject: Subject,
        step: str,
        quantity: Quantity,
        *,
        direction: str = "up",
        before: float | None = None,
    ) -> Sequence[Figure]:
        """Return what the step cost, the newest first, at most MOST.

        Only runs on the same dataset, engine and class of machine count;
        ``before`` leaves out those that started then or later.
        """
        column = STEPS.c[quantity.value]
        query = (
            sa.select(column, RUNS.c.started, RUNS.c.calibration)
            .join_from(STEPS, RUNS, STEPS.c.run == RUNS.c.id)
            .where(
                *_of(subject),
                STEPS.c.step == _fitted(STEPS, {"step": step})["step"],
                STEPS.c.direction == direction,
                column.is_not(None),
            )
            .order_by(RUNS.c.started.desc(), RUNS.c.id.desc())
            .limit(MOST)
        )
        if before is not None:
            query = query.where(RUNS.c.started < before)
        return [Figure(*row) for row in self._rows(query)]

    def steps(
        self, subject: Subject, direction: str = "up"
    ) -> Sequence[tuple[str, int]]:
        """Return the steps that are known of, with how often each ran."""
        query = (
            sa.select(STEPS.c.step, sa.func.count())
            .join_from(STEPS, RUNS, STEPS.c.run == RUNS.c.id)
            .where(*_of(subject), STEPS.c.direction == direction)
            .group_by(STEPS.c.step)
            .order_by(sa.func.min(STEPS.c.id))
        )
        return [(step, count) for step, count in self._rows(query)]

    def subjects(self) -> Sequence[tuple[Subject, int]]:
        """Return what there is history of, with the number of runs."""
        names = (RUNS.c.project, RUNS.c.dataset, RUNS.c.engine, RUNS.c.machine)
        query = (
            sa.select(*names, sa.func.count())
            .group_by(*names)
            .order_by(*names)
        )
        return [(Subject(*row[:4]), row[4]) for row in self._rows(query)]

    def _rows(self, query: sa.Select[Any]) -> Iterator[tuple[Any, ...]]:
        try:
            with self._engine.connect() as connection:
                yield from map(tuple, connection.execute(query))
        except sa.exc.SQLAlchemyError as error:
            raise self._unusable(error) from None

    def _unusable(self, error: Exception) -> HistoryUnusable:
        told = str(getattr(error, "orig", None) or error).splitlines()[0]
        return HistoryUnusable(
            f"the history at {self._shown} cannot be used: {told}"
        )
