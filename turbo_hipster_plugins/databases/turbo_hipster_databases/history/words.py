"""What history remembers, in frozen values."""

from __future__ import annotations

import dataclasses
import enum


class Quantity(enum.Enum):
    """What is measured of a step.

    Times are in seconds, sizes in bytes, rows are counted.
    """

    SECONDS = "seconds"
    READ_STALL = "read_stall"
    WRITE_STALL = "write_stall"
    ROWS_READ = "rows_read"
    ROWS_CHANGED = "rows_changed"
    SIZE = "size"
    LOG_BYTES = "log_bytes"


TIMES = frozenset(
    {Quantity.SECONDS, Quantity.READ_STALL, Quantity.WRITE_STALL}
)
"""What a slower machine makes larger."""


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """What figures may be compared: the same data, engine and machine.

    ``machine`` names a class of machines that are about equally fast.
    """

    project: str
    dataset: str
    engine: str
    machine: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class StepRecord:
    """What a step cost; a quantity that is not here was not measured."""

    step: str
    figures: dict[Quantity, float]
    rung: str = ""
    direction: str = "up"


@dataclasses.dataclass(frozen=True, slots=True)
class RunRecord:
    """The steps of one build on one dataset.

    ``build`` names where it comes from and is unique: a build's id, or the
    digest of an imported log.  ``started`` is in seconds since the epoch;
    ``calibration`` is what the machine's own calibration took then, in
    seconds, None where nobody measured it.
    """

    build: str
    subject: Subject
    started: float
    steps: tuple[StepRecord, ...]
    engine_version: str = ""
    calibration: float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Figure:
    """One remembered value of a quantity."""

    value: float
    started: float
    calibration: float | None = None
