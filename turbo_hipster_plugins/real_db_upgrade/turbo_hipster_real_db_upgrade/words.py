"""The words of this task; frozen values that pass from room to room."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from turbo_hipster_databases.model import (
    Direction,
    Measured,
    Migration,
    Ran,
    Release,
)
from turbo_hipster_real_db_upgrade.datasets.description import Dataset


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One dataset on one engine; each has a verdict of its own.

    It is equal to itself alone, and can be a key.
    """

    dataset: Dataset
    engine: str
    release: Release

    @property
    def seed(self) -> Path:
        """The file that fills an empty server."""
        return self.dataset.seeds[self.engine]

    def __str__(self) -> str:
        return f"{self.dataset.name}/{self.engine}"


@dataclasses.dataclass(frozen=True, slots=True)
class Stall:
    """The longest wait of a client on a table during a step.

    ``kind`` is ``read``, ``write`` or ``transaction`` (one that was open
    before the step began); ``at`` is where in the step the wait began; both
    times in seconds.
    """

    table: str
    kind: str
    seconds: float
    at: float


@dataclasses.dataclass(frozen=True, slots=True)
class Trouble:
    """An error that the application would have seen during a step.

    ``kind`` is ``deadlock`` or ``error``; ``code`` the engine's own;
    ``statement`` is normalised: no value of the dataset is in it.
    """

    table: str
    kind: str
    code: str
    message: str
    statement: str = ""
    count: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Traffic:
    """What the probes felt during a step.

    ``calls`` are those they made, ``rows`` the rows that these read, by
    table: an observer counts them too.
    """

    stalls: tuple[Stall, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    calls: int = 0
    rows: Mapping[str, int] = dataclasses.field(default_factory=dict)

    def longest(self, *kinds: str) -> Stall | None:
        """Return the longest stall of these kinds."""
        fitting = [one for one in self.stalls if one.kind in kinds]
        return max(fitting, key=lambda one: one.seconds, default=None)


@dataclasses.dataclass(frozen=True, slots=True)
class Took:
    """One step that ran on real data.

    ``rung`` is the ref whose code ran it; ``began`` in seconds since the
    epoch; ``new`` says that the change adds it, so that it is judged.
    """

    rung: str
    migration: Migration
    direction: Direction
    began: float
    ran: Ran
    measured: Measured | None = None
    traffic: Traffic | None = None
    new: bool = False

    @property
    def step(self) -> str:
        """The step's name, as limits and history know it."""
        one = self.migration
        if self.direction is Direction.DOWN:
            return f"{one.revision}->{'+'.join(one.parents) or 'empty'}"
        return str(one)
