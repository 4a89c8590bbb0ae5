"""Files of earlier builds become runs: logs of 2013, and our own reports."""

from __future__ import annotations

import dataclasses
import datetime
import gzip
import hashlib
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from turbo_hipster_databases.history import of_2013, of_report
from turbo_hipster_databases.history.words import (
    Quantity,
    RunRecord,
    StepRecord,
    Subject,
)

SNIFFED = 2**16
"""Bytes at the beginning that tell a log from other files."""

LARGEST = 64 * 2**20
"""Most bytes of a report."""

STAMPED = re.compile(rf"^{of_2013.STAMP} \[\w".encode(), re.MULTILINE)
REPORTS = ("report.json", "report.json.gz")


class Unreadable(Exception):
    """A file is wrong; the text says what about it."""


class NoLog(Unreadable):
    """A file is no log of migrations; there are many others in a folder."""


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """What a person says of the files; None: they say it themselves."""

    project: str | None = None
    dataset: str | None = None
    engine: str | None = None
    machine: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """A file to read.

    ``named`` says that a person named it itself, ``why`` that it cannot be
    read at all.
    """

    path: Path
    named: bool
    why: str = ""


def sources(paths: Sequence[Path]) -> Iterator[Source]:
    """Yield files, and those that folders have in them, each once."""
    seen: set[Path] = set()
    for path in paths:
        for source in _below(path) if path.is_dir() else [_alone(path)]:
            real = source.path.resolve()
            if real not in seen:
                seen.add(real)
                yield source


def _alone(path: Path) -> Source:
    why = ""
    if not path.exists():
        why = "there is no such file"
    elif not path.is_file():
        why = "it is no file"
    return Source(path, True, why)


def _below(folder: Path) -> Iterator[Source]:
    failed: list[OSError] = []
    for top, folders, files in os.walk(folder, onerror=failed.append):
        folders.sort()
        for name in sorted(files):
            path = Path(top, name)
            if path.is_file():
                yield Source(path, False)
    for error in failed:
        yield Source(Path(error.filename), True, error.strerror or "error")


def read(path: Path, said: Said) -> tuple[RunRecord, ...]:
    """Return the runs of a file; raises Unreadable."""
    try:
        if path.name in REPORTS:
            return tuple(_renamed(run, said) for run in _report(path))
        return (_log(path, said),)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Unreadable("its compression is damaged, or it ends early") from (
            None
        )
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from None


def _open(path: Path) -> IO[bytes] | gzip.GzipFile:
    if path.suffix == ".gz":
        return gzip.open(path)
    return path.open("rb")


def _report(path: Path) -> tuple[RunRecord, ...]:
    with _open(path) as file:
        text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise Unreadable(f"it has more than {LARGEST} bytes")
    try:
        runs = of_report.read(text)
    except of_report.NoReport as error:
        raise Unreadable(str(error)) from None
    if not runs:
        raise NoLog("it has no migration that ended on a dataset")
    return runs


def _renamed(run: RunRecord, said: Said) -> RunRecord:
    known = {
        name: value
        for name, value in dataclasses.asdict(said).items()
        if value is not None
    }
    return dataclasses.replace(
        run, subject=dataclasses.replace(run.subject, **known)
    )


def _log(path: Path, said: Said) -> RunRecord:
    with _open(path) as file:
        if not STAMPED.search(file.read(SNIFFED)):
            raise NoLog("it is no log in the format of 2013")
    digest = hashlib.sha256()

    def lines() -> Iterator[str]:
        with _open(path) as file:
            for line in file:
                digest.update(line)
                yield line.decode("utf-8", "replace")

    old = of_2013.read(lines())
    steps = tuple(_step(one) for one in old.steps if one.seconds is not None)
    if not steps:
        raise NoLog("no migration that ended is in it")
    # the same log lies in many places, and compressed ones beside it
    return RunRecord(
        f"log of 2013, sha256 {digest.hexdigest()}",
        _subject(path, said),
        old.steps[0].began.replace(tzinfo=datetime.UTC).timestamp(),
        steps,
    )


def _subject(path: Path, said: Said) -> Subject:
    place = of_2013.place(path.absolute())
    found = {}
    for name in ("project", "dataset", "engine"):
        value = getattr(said, name) or (place and getattr(place, name))
        if not value:
            raise Unreadable(
                f"its path does not say the {name}; say it with --{name}"
            )
        found[name] = value
    return Subject(**found, machine=said.machine or "")


def _step(old: of_2013.OldStep) -> StepRecord:
    figures = {
        Quantity.SECONDS: old.seconds,
        Quantity.ROWS_READ: old.rows_read,
        Quantity.ROWS_CHANGED: old.rows_changed,
    }
    return StepRecord(
        old.step,
        {
            quantity: float(value)
            for quantity, value in figures.items()
            if value is not None
        },
        old.rung,
    )
