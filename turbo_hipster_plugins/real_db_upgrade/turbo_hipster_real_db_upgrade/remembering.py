"""What history says of a case, and what this build adds to it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from turbo_hipster import task
from turbo_hipster_databases import calibration
from turbo_hipster_databases.history.limits import Learned, learn, scaled
from turbo_hipster_databases.history.store import History
from turbo_hipster_databases.history.words import (
    Figure,
    Quantity,
    RunRecord,
    StepRecord,
    Subject,
)
from turbo_hipster_databases.home import home, room
from turbo_hipster_databases.model import Direction
from turbo_hipster_real_db_upgrade.climbing.climb import Climbed
from turbo_hipster_real_db_upgrade.judging.figures import figures
from turbo_hipster_real_db_upgrade.judging.limits import Allowed
from turbo_hipster_real_db_upgrade.past import Past, pictures
from turbo_hipster_real_db_upgrade.words import Case, Took

FILE = "history.sqlite"


class Memory:
    """The history of all cases of a build.

    The machine is calibrated once, before anything is measured.
    """

    def __init__(self, context: task.TaskContext, url: str) -> None:
        self._context = context
        file = home(context) / FILE
        self._history = History(url or f"sqlite:///{file}")
        self._machine = calibration.machine_class()
        self._started = time.time()
        self.calibration = calibration.calibrate(room(context))

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *_: object) -> None:
        self._history.__exit__(None, None, None)

    def of(self, case: Case) -> Callable[[str, Quantity], Learned | None]:
        """Return what gives the learned limit of a step's quantity."""
        subject = self._subject(case)

        def learned(step: str, quantity: Quantity) -> Learned | None:
            known = self._before(subject, step, quantity)
            return learn(quantity, known, self.calibration)

        return learned

    def usual(self, case: Case, step: str) -> float | None:
        """Return the seconds that a step took in the builds before."""
        times = Quantity.SECONDS
        known = self._before(self._subject(case), step, times)
        seen = [scaled(times, figure, self.calibration) for figure in known]
        return statistics.median(seen) if seen else None

    def _before(
        self, subject: Subject, step: str, quantity: Quantity
    ) -> list[Figure]:
        """Return a step's figures of earlier builds, the newest first."""
        # a name says already which way it goes
        return [
            figure
            for direction in Direction
            for figure in self._history.figures(
                subject,
                step,
                quantity,
                direction=direction.value,
                before=self._started,
            )
        ]

    def show(self, case: Case, climbed: Climbed, allowed: Allowed) -> None:
        """Draw the past of each step that ended."""
        subject, times = self._subject(case), Quantity.SECONDS
        steps = [
            Past(
                took.step,
                took.ran.seconds,
                [
                    scaled(times, figure, self.calibration)
                    for figure in reversed(
                        self._before(subject, took.step, times)
                    )
                ],
                allowed.limit(took.step, times),
            )
            for took in climbed.new
            if took.ran.failure is None
        ]
        for chart in pictures(case, steps):
            self._context.chart(chart)

    def remember(self, case: Case, climbed: Climbed, allowed: Allowed) -> None:
        """Add the measured steps that ended, up and down.

        A figure that is over its limit is left out: a change that is bad
        five times must not teach that this is usual.
        """
        steps = tuple(
            StepRecord(
                took.step,
                _within(took, allowed),
                took.rung,
                took.direction.value,
            )
            for took in (*climbed.new, *climbed.undone)
            if took.ran.failure is None
        )
        if steps:
            self._history.add(
                RunRecord(
                    self._context.build.id,
                    self._subject(case),
                    self._started,
                    steps,
                    case.release.version,
                    self.calibration,
                )
            )

    def _subject(self, case: Case) -> Subject:
        return Subject(
            case.dataset.project,
            case.dataset.name,
            case.engine,
            self._machine,
        )


def _within(took: Took, allowed: Allowed) -> dict[Quantity, float]:
    """Return what of a step's figures is within its limits."""
    found = {}
    for quantity, value in figures(took).items():
        limit = allowed.limit(took.step, quantity)
        if limit is None or value <= limit.value:
            found[quantity] = value
    return found
