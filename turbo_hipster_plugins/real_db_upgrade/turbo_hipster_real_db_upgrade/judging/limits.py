"""The limit of each quantity of a step, and where it comes from."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from turbo_hipster_databases.history.limits import Learned
from turbo_hipster_databases.history.words import Quantity
from turbo_hipster_real_db_upgrade.datasets.description import Limits
from turbo_hipster_real_db_upgrade.judging.limits_file import LimitsFile
from turbo_hipster_real_db_upgrade.words import Case

DEFAULTS = {
    Quantity.SECONDS: 60.0,
    Quantity.READ_STALL: 1.0,
    Quantity.WRITE_STALL: 5.0,
}
"""Limits where nobody named any, in seconds.  What is not here has none:
how many rows are many depends on the data alone."""

Learn = Callable[[str, Quantity], Learned | None]
"""Gives what history says of a step's quantity."""


@dataclasses.dataclass(frozen=True, slots=True)
class Limit:
    """The most allowed, and where that comes from."""

    value: float
    source: str


@dataclasses.dataclass(frozen=True)
class Allowed:
    """What is allowed in one case; ``filed`` is the job's file of limits.

    The first that says something counts: the dataset of this very step, the
    file of this very step, history, the file of every step, the dataset of
    every step, the default.
    """

    case: Case
    learn: Learn
    filed: LimitsFile | None = None

    def limit(self, step: str, quantity: Quantity) -> Limit | None:
        """Return the limit of a step's quantity, or None."""
        of_step = self._of_step(step, quantity)
        if of_step is not None:
            return of_step
        known = self.learn(step, quantity)
        if known is not None:
            return Limit(known.value, known.source)
        return self._of_every_step(quantity)

    def settled(self, step: str, quantity: Quantity) -> Limit | None:
        """Return what people say, without history.

        History knows a step on this dataset alone; for a guess of what it
        does in production only this counts.
        """
        return self._of_step(step, quantity) or self._of_every_step(quantity)

    def _of_step(self, step: str, quantity: Quantity) -> Limit | None:
        for said, source in self._said(quantity):
            if step in said.steps:
                return Limit(said.steps[step], source)
        return None

    def _of_every_step(self, quantity: Quantity) -> Limit | None:
        for said, source in reversed(self._said(quantity)):
            if said.default is not None:
                return Limit(said.default, source)
        if quantity in DEFAULTS:
            return Limit(DEFAULTS[quantity], "default")
        return None

    def _said(self, quantity: Quantity) -> list[tuple[Limits, str]]:
        """Return the dataset's word, then that of the job's file."""
        dataset = self.case.dataset
        said = [
            (
                dataset.limits.get(quantity, Limits()),
                f"dataset {dataset.name}",
            )
        ]
        if self.filed is not None:
            of_case = self.filed.of(dataset.name, self.case.engine)
            said.append((of_case[quantity], self.filed.source))
        return said
