"""A file of limits, which a job names: ``limits = /etc/.../limits.yaml``.

``limits`` in it has the shape of ``limits`` in a dataset.yaml and goes for
every dataset.  ``datasets`` has the same for some, by name
(``user_001``) or by name and engine (``user_001/mariadb``); the closer name
goes before the wider one.  ``turbo-hipster history limits`` writes such
files.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from turbo_hipster_databases.history.words import Quantity
from turbo_hipster_real_db_upgrade.datasets import values
from turbo_hipster_real_db_upgrade.datasets.description import (
    DatasetRefused,
    Limits,
)
from turbo_hipster_real_db_upgrade.datasets.limiting import limits

FIELDS = {"limits", "datasets"}
LARGEST = 16 * 2**20
"""Most bytes of a file: it may have a limit for each of many steps."""


@dataclasses.dataclass(frozen=True, slots=True)
class LimitsFile:
    """What a file of limits says."""

    path: Path
    general: Mapping[Quantity, Limits]
    datasets: Mapping[str, Mapping[Quantity, Limits]]

    @property
    def source(self) -> str:
        """Return what a finding calls it."""
        return self.path.name

    def of(self, dataset: str, engine: str) -> Mapping[Quantity, Limits]:
        """Return what it says of a case."""
        fitting = [
            self.datasets.get(f"{dataset}/{engine}", {}),
            self.datasets.get(dataset, {}),
            self.general,
        ]
        return {
            quantity: _closest(one.get(quantity, Limits()) for one in fitting)
            for quantity in Quantity
        }


def read(path: Path) -> LimitsFile:
    """Read a file; raises DatasetRefused with file and key."""
    got = values.fields(_document(path), str(path), set(), FIELDS)
    return LimitsFile(
        path,
        limits(got.get("limits", {}), f"{path}: limits"),
        {
            name: limits({} if given is None else given, f"{path}: {name}")
            for name, given in values.mapping(
                got.get("datasets", {}), f"{path}: datasets"
            ).items()
        },
    )


def _document(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise DatasetRefused(
            f"{path} cannot be read: {error.strerror}"
        ) from None
    if len(data) > LARGEST:
        raise DatasetRefused(f"{path} has more than {LARGEST} bytes")
    try:
        found = yaml.safe_load(data)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise DatasetRefused(f"{path} is no YAML: {told}") from None
    return {} if found is None else found


def _closest(fitting: Iterable[Limits]) -> Limits:
    """Merge; what comes first goes before what comes later."""
    default: float | None = None
    steps: dict[str, float] = {}
    for one in fitting:
        default = one.default if default is None else default
        steps = {**one.steps, **steps}
    return Limits(default, steps)
