"""The logs of the first turbo-hipster's migration job: what they measured.

Each line is stamped ``2013-11-22 21:42:45,908 [output] text``.  In the text,
``133 -> 134...`` begins a step and a line that ends in ``done`` ends it; the
server's counters follow, one a line as ``Innodb_rows_read<TAB>7``, counted
since the server's start.  ``***** Start DB upgrade to state of NAME *****``
begins a rung; ``Final schema version is N`` comes near the end.  Project,
engine and dataset stand in the path.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

STAMP = r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3})"
LINE = re.compile(STAMP + r" \[output\] ?(.*)", re.DOTALL)
BEGINS = re.compile(r"\s*(\d+) -> (\d+)\.\.\.")
RUNG = re.compile(r"\*{5} Start DB upgrade to state of (.+?) \*{5}")
COUNTER = re.compile(r"(Innodb_\w+)\t(\d+)\s*")
FINAL = re.compile(r"Final schema version is (\d+)")
PLACE = re.compile(r"real-db-upgrade_([^_]+)_([^_]+)_(.+)")

READ = ("Innodb_rows_read",)
CHANGED = (
    "Innodb_rows_inserted",
    "Innodb_rows_updated",
    "Innodb_rows_deleted",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Whose log it is, as its path says."""

    project: str
    engine: str
    dataset: str


@dataclasses.dataclass(frozen=True, slots=True)
class OldStep:
    """A step as an old log tells it.

    ``began`` has no time zone: the log says none.  ``seconds`` is None when
    the step did not end.  Rows are None when the counters before it, or
    after it, are not in the log.
    """

    step: str
    rung: str
    began: datetime.datetime
    seconds: float | None
    rows_read: int | None
    rows_changed: int | None


@dataclasses.dataclass(frozen=True, slots=True)
class OldRun:
    """A whole log; ``final`` is the schema's version in the end."""

    steps: tuple[OldStep, ...]
    final: str | None


@dataclasses.dataclass(slots=True)
class _Open:
    """The step that the reader is in, or just behind."""

    step: str
    rung: str
    began: datetime.datetime
    before: Mapping[str, int]
    ended: datetime.datetime | None = None


def place(path: PurePath) -> Place | None:
    """Read project, engine and dataset out of a log's path."""
    for part in reversed(path.parts):
        found = PLACE.fullmatch(part)
        if found:
            return Place(*found.groups())
    return None


def read(lines: Iterable[str]) -> OldRun:
    """Read a log; lines in no form that we know are passed over."""
    reader = _Reader()
    for line in lines:
        found = LINE.match(line.rstrip("\r\n"))
        stamp = _stamp(found[1]) if found else None
        if found and stamp:
            reader.take(stamp, found[2])
    return OldRun(tuple(reader.steps()), reader.final)


def _stamp(text: str) -> datetime.datetime | None:
    # strptime would take ten times as long, and logs are large
    try:
        return datetime.datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        return None


class _Reader:
    def __init__(self) -> None:
        self.final: str | None = None
        self._rung = ""
        self._counters: dict[str, int] = {}
        self._open: _Open | None = None
        self._done: list[OldStep] = []

    def take(self, stamp: datetime.datetime, text: str) -> None:
        """Take one line's text."""
        if counter := COUNTER.fullmatch(text):
            self._counters[counter[1]] = int(counter[2])
            return
        begins = BEGINS.match(text)
        if begins:
            self._close()
            self._open = _Open(
                f"{begins[1]}->{begins[2]}",
                self._rung,
                stamp,
                dict(self._counters),
            )
        elif rung := RUNG.search(text):
            self._close()
            self._rung = rung[1]
        elif final := FINAL.search(text):
            self.final = final[1]
        if self._open is None or self._open.ended is not None:
            return
        if text.rstrip().endswith("done"):
            self._open.ended = stamp

    def steps(self) -> Iterator[OldStep]:
        """Yield all steps, in the order of the log."""
        self._close()
        yield from self._done

    def _close(self) -> None:
        """Note down the step before; its counters have come by now."""
        step, self._open = self._open, None
        if step is None:
            return
        seconds = None
        if step.ended is not None:
            seconds = (step.ended - step.began).total_seconds()
        self._done.append(
            OldStep(
                step.step,
                step.rung,
                step.began,
                seconds,
                self._grown(step, READ),
                self._grown(step, CHANGED),
            )
        )

    def _grown(self, step: _Open, names: tuple[str, ...]) -> int | None:
        """Return how much the counters grew; None: they did not come.

        A server that was started anew counts from nothing again.
        """
        if step.ended is None:
            return None
        grown = 0
        for name in names:
            before, after = step.before.get(name), self._counters.get(name)
            if before is None or after is None:
                return None
            grown += after - before if after >= before else after
        return grown
