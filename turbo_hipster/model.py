"""The words of the house: frozen values that pass between the rooms.

Nothing here does anything.  Everything is built from plain data and turns
into plain data (``plain``), which is how it crosses a process boundary.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from typing import Any

JSON = dict[str, Any]


class Verdict(enum.Enum):
    """What a build, or one of its steps, came to."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    TIMED_OUT = "TIMED_OUT"
    ABORTED = "ABORTED"
    ERROR = "ERROR"


class Published(enum.Enum):
    """Whether the results reached a reader."""

    YES = "published"
    PARTLY = "partly"
    NO = "not"


class Severity(enum.Enum):
    """How much a finding matters; only FAIL decides the verdict."""

    FAIL = "fail"
    WARN = "warn"
    NOTE = "note"


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """A task's judgement: SUCCESS or FAILURE and what it says about it.

    ``sentences`` are for people, the most important first; the first one
    travels to the review.
    """

    verdict: Verdict
    sentences: tuple[str, ...] = ()

    @classmethod
    def success(cls, *sentences: str) -> Result:
        """The change is good."""
        return cls(Verdict.SUCCESS, sentences)

    @classmethod
    def failure(cls, *sentences: str) -> Result:
        """The change is at fault."""
        return cls(Verdict.FAILURE, sentences)


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """What is under test, as the client described it.

    Empty strings where the client said nothing.  ``number`` is the review's
    number and patch set (``1234,5``), ``url`` the place the ref is fetched
    from (``ZUUL_URL``).
    """

    project: str = ""
    branch: str = ""
    ref: str = ""
    commit: str = ""
    number: str = ""
    pipeline: str = ""
    url: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Build:
    """One execution of a job.

    ``id`` is of our own making and safe in a path; ``unique`` is the client's
    id of the Gearman job; ``parameters`` are the checked job parameters.
    ``log_path`` is where the results go, relative to a publisher's root.
    """

    id: str
    job: str
    unique: str
    function: str
    label: str
    change: Change
    log_path: str
    parameters: Mapping[str, str] = dataclasses.field(repr=False)

    def __str__(self) -> str:
        return f"build {self.id} of {self.job}"


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """A unit of progress that ran; ``seconds`` is its duration."""

    name: str
    started: float
    seconds: float
    verdict: Verdict


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One thing the report points at.

    ``id`` is stable (``TH-…``); ``where`` names engine, dataset, revision,
    file and the like; ``limit_source`` says where the limit came from;
    ``accepted`` is the project's reason for living with it, or None;
    ``proposed`` is the reason the change itself brings, which is shown and
    does not change its own verdict; ``detail`` is what is shown line by line
    beneath: a difference, a statement.
    """

    id: str
    severity: Severity
    message: str
    where: Mapping[str, str] = dataclasses.field(default_factory=dict)
    measured: float | str | None = None
    limit: float | str | None = None
    limit_source: str = ""
    advice: str = ""
    accepted: str | None = None
    proposed: str | None = None
    detail: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class NotChecked:
    """Something the report must not be silent about."""

    what: str
    why: str


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain values under named columns, in the order given."""

    name: str
    rows: tuple[Mapping[str, Any], ...] = ()
    title: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Series:
    """Named points of a chart, x first; ``None`` in y leaves a gap."""

    name: str
    points: tuple[tuple[float | str, float | None], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Chart:
    """A picture's data; ``unit`` is of y.

    ``kind`` is ``line``, ``bar`` or ``timeline``.  A timeline has a lane for
    each series, whose points are pairs of when something began and how long
    it went on.
    """

    name: str
    kind: str
    unit: str
    series: tuple[Series, ...] = ()
    title: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Artefact:
    """A published file; ``path`` is relative to the report's folder."""

    path: str
    title: str = ""
    bytes: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """Everything that is shown of a build; feeds packets, pages and files.

    ``started`` is seconds since the epoch, ``seconds`` the whole duration,
    ``worker`` names the worker's host, version and techniques.
    """

    job: str
    build: str
    change: Change
    verdict: Verdict
    sentences: tuple[str, ...]
    started: float
    seconds: float
    worker: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    artefacts: tuple[Artefact, ...] = ()


def plain(value: Any) -> Any:
    """Turn a word, or a structure of words, into JSON's own types."""
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
