"""What a dataset is, in frozen values."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from pathlib import Path

from turbo_hipster.exceptions import CannotJudge
from turbo_hipster_databases.history.words import Quantity


class DatasetRefused(CannotJudge):
    """A dataset's description is wrong; the text names file and key."""


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """The most allowed of one quantity: for every step, and for some.

    ``steps`` are named as in ``151->152``.  None: nothing is said here.
    """

    default: float | None = None
    steps: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def of(self, step: str) -> float | None:
        """Return the limit of a step."""
        return self.steps.get(step, self.default)


@dataclasses.dataclass(frozen=True, slots=True)
class Invariant:
    """A query whose answer must stay as it is, or be ``value``."""

    query: str
    stays: bool = True
    value: str | float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Manifest:
    """What a seed was when it was put there: our commands note it.

    ``rows`` are per table, where they were counted.
    """

    sha256: str
    bytes: int
    rows: Mapping[str, int] = dataclasses.field(default_factory=dict)
    made_by: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Dataset:
    """A described database body.

    ``seeds`` maps each engine to the file that fills an empty server of it;
    ``overlays`` are SQL files with odd shapes that are added to the seed, in
    their order.  ``taken_at`` says how old the data are.  ``revision`` is the
    schema's version in the seed, where the description says it.
    ``production_rows`` are per table; ``ladder`` the refs to climb before
    the change; ``workload`` a file with the project's own statements.
    ``manifest`` says what each engine's seed was when it was written.
    ``described_by`` is the file that all of it comes from.
    """

    name: str
    project: str
    seeds: Mapping[str, Path]
    described_by: Path
    overlays: tuple[Path, ...] = ()
    taken_at: datetime.date | None = None
    revision: str = ""
    production_rows: Mapping[str, int] = dataclasses.field(
        default_factory=dict
    )
    ladder: tuple[str, ...] = ()
    limits: Mapping[Quantity, Limits] = dataclasses.field(default_factory=dict)
    invariants: tuple[Invariant, ...] = ()
    workload: Path | None = None
    manifest: Mapping[str, Manifest] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return f"dataset {self.name} of {self.project}"
