"""What a project accepts: ``.turbo-hipster.toml`` of the change's base.

``[[accept]]`` with ``id``, ``reason``, ``until`` (a date, at most a year
ahead) and optionally ``where``.  What the change itself adds is proposed and
does not change its own verdict, unless the job says ``accept_from = change``.
"""

from __future__ import annotations

import dataclasses
import datetime
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from turbo_hipster import model

FILE = ".turbo-hipster.toml"
FARTHEST = datetime.timedelta(days=366)


@dataclasses.dataclass(frozen=True)
class Entry:
    """One accepted finding; an empty ``where`` is any place."""

    id: str
    reason: str
    until: datetime.date
    where: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def covers(self, finding: model.Finding) -> bool:
        """Whether this is about the finding, the date aside."""
        return self.id == finding.id and all(
            str(finding.where.get(key)) == value
            for key, value in self.where.items()
        )


@dataclasses.dataclass(frozen=True)
class Rules:
    """What a job and a project make of a finding."""

    warn: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    accepted: Sequence[Entry] = ()
    proposed: Sequence[Entry] = ()
    today: datetime.date = dataclasses.field(
        default_factory=datetime.date.today
    )

    def apply(self, finding: model.Finding) -> model.Finding | None:
        """Return the finding as the rules leave it; None if it is off."""
        if finding.id in self.off:
            return None
        if finding.id in self.warn and finding.severity is model.Severity.FAIL:
            finding = dataclasses.replace(
                finding, severity=model.Severity.WARN
            )
        for entry in self.accepted:
            if not entry.covers(finding):
                continue
            if entry.until >= self.today:
                return dataclasses.replace(finding, accepted=entry.reason)
            finding = _with_note(
                finding, f"It was accepted until {entry.until}."
            )
        for entry in self.proposed:
            if entry.covers(finding):
                return dataclasses.replace(finding, proposed=entry.reason)
        return finding


def _with_note(finding: model.Finding, note: str) -> model.Finding:
    advice = f"{finding.advice} {note}".strip()
    return dataclasses.replace(finding, advice=advice)


def parse(text: str, today: datetime.date) -> tuple[list[Entry], list[str]]:
    """Read a file; returns its entries and a sentence per mistake in it."""
    try:
        rows = tomllib.loads(text).get("accept", [])
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return [], [f"{FILE} cannot be read: {error}"]
    if not isinstance(rows, list):
        return [], [f"{FILE}: 'accept' must be a list: write [[accept]]"]
    entries, mistakes = [], []
    for number, row in enumerate(rows, 1):
        try:
            entries.append(_entry(row, today))
        except ValueError as error:
            mistakes.append(f"{FILE}, accept entry {number}: {error}")
    return entries, mistakes


def _entry(row: Any, today: datetime.date) -> Entry:
    if not isinstance(row, dict):
        raise ValueError("it is no table")
    for key in ("id", "reason"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise ValueError(f"{key} is missing")
    until = row.get("until")
    if isinstance(until, str):
        until = datetime.date.fromisoformat(until)
    if isinstance(until, datetime.datetime):
        until = until.date()
    if not isinstance(until, datetime.date):
        raise ValueError("until is missing: a date, at most a year ahead")
    if until > today + FARTHEST:
        raise ValueError(f"until = {until} is more than a year ahead")
    where = row.get("where", {})
    if not isinstance(where, dict):
        raise ValueError('where must be a table: { engine = "mariadb" }')
    return Entry(
        row["id"],
        row["reason"],
        until,
        {str(key): str(value) for key, value in where.items()},
    )
