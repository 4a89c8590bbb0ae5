"""Findings in the order they matter, as the page shows them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

from turbo_hipster import model
from turbo_hipster.reports import accepting, units
from turbo_hipster.reports.visible import clipped, visible

MOST = 500  # cards on a page; report.json has them all
LONGEST = 20_000  # characters of a card's detail

_RANKS = {
    model.Severity.FAIL: 0,
    model.Severity.WARN: 1,
    model.Severity.NOTE: 2,
}

_KINDS = {"+": "added", "-": "removed", "~": "changed"}


@dataclasses.dataclass(frozen=True, slots=True)
class Card:
    """One finding; ``filled`` and ``mark`` are the bar's percentages."""

    id: str
    anchor: str
    kind: str
    message: str
    where: tuple[tuple[str, str], ...]
    measured: str
    limit: str
    source: str
    advice: str
    reason: str
    snippet: str
    filled: float | None
    mark: float
    detail: tuple[tuple[str, str], ...] = ()


class Findings:
    """The cards: what counts, what is proposed, what is accepted."""

    def __init__(self, report: model.Report) -> None:
        found = ordered(report.findings)
        self.total = len(found)
        self.left_out = max(0, len(found) - MOST)
        self.open: list[Card] = []
        self.proposed: list[Card] = []
        self.accepted: list[Card] = []
        for place, finding in enumerate(found[:MOST], 1):
            home = self.open
            if finding.accepted is not None:
                home = self.accepted
            elif finding.proposed is not None:
                home = self.proposed
            home.append(_card(finding, place, report.started))
        self.counts = [
            (kind, sum(card.kind == kind for card in self.open))
            for kind in ("fail", "warn", "note")
        ]


def ordered(findings: tuple[model.Finding, ...]) -> list[model.Finding]:
    """Return fail first, then warn, then note; accepted ones at the end."""
    return sorted(
        findings,
        key=lambda found: (
            found.accepted is not None,
            _RANKS[found.severity],
            found.proposed is not None,
        ),
    )


def _card(finding: model.Finding, place: int, started: float) -> Card:
    filled, mark = _bar(finding.measured, finding.limit)
    acceptable = finding.accepted is None and finding.proposed is None
    if finding.severity is model.Severity.NOTE:
        acceptable = False
    return Card(
        visible(finding.id),
        f"finding-{place}",
        finding.severity.value,
        visible(finding.message),
        tuple(
            (visible(str(key)), visible(str(value)))
            for key, value in finding.where.items()
        ),
        _value(finding.measured),
        _value(finding.limit),
        visible(finding.limit_source),
        visible(finding.advice),
        visible(finding.accepted or finding.proposed or ""),
        accepting.snippet(finding, started) if acceptable else "",
        filled,
        mark,
        tuple(_lines(finding.detail)),
    )


def _lines(detail: str) -> Iterator[tuple[str, str]]:
    """Yield each line with its kind; a difference is seen at a glance."""
    for line in visible(clipped(detail, LONGEST)).splitlines():
        yield _KINDS.get(line[:1], ""), line


def _value(value: float | str | None) -> str:
    return "" if value is None else visible(units.cell(value))


def _bar(measured: object, limit: object) -> tuple[float | None, float]:
    """Return how far a bar is filled and where the limit stands."""
    for value in (measured, limit):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None, 0
        if not math.isfinite(value) or not 0 <= value < 1e300:
            return None, 0
    most = max(float(measured), float(limit))  # type: ignore[arg-type]
    if not most:
        return None, 0
    return (
        round(100 * float(measured) / most, 1),  # type: ignore[arg-type]
        round(100 * float(limit) / most, 1),  # type: ignore[arg-type]
    )
