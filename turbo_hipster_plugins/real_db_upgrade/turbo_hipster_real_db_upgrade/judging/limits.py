"""The limit of each quantity of a step, and where it comes from."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from turbo_hipster_databases.history.limits import Learned
from turbo_hipster_databases.history.words import Quantity
from turbo_hipster_real_db_upgrade.datasets.description import Limits

DEFAULTS = {
    Quantity.SECONDS: 60.0,
    Quantity.READ_STALL: 1.0,
    Quantity.WRITE_STALL: 5.0,
}
"""Limits where nobody named any, in seconds.  What is not here has none:
how many rows are many depends on the data alone."""


@dataclasses.dataclass(frozen=True, slots=True)
class Limit:
    """The most allowed, and where that comes from."""

    value: float
    source: str


def limit(
    quantity: Quantity,
    step: str,
    *,
    dataset: str,
    said: Mapping[Quantity, Limits],
    learned: Callable[[Quantity], Learned | None],
) -> Limit | None:
    """Return the limit of a step, or None.

    The first of: what the dataset says of this very step; what was learned
    from history; what the dataset says of every step; the default.
    """
    of_dataset = said.get(quantity, Limits())
    if step in of_dataset.steps:
        return Limit(of_dataset.steps[step], f"dataset {dataset}")
    known = learned(quantity)
    if known is not None:
        return Limit(known.value, known.source)
    if of_dataset.default is not None:
        return Limit(of_dataset.default, f"dataset {dataset}")
    if quantity in DEFAULTS:
        return Limit(DEFAULTS[quantity], "default")
    return None
