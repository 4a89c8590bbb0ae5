"""SARIF 2.1.0: findings for code scanning, editors and other viewers.

The format is OASIS's "Static Analysis Results Interchange Format".  GitHub
refuses a whole file when one result has no file in it, so a finding without
one is shown beside the file in which the project can accept it, and says so.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from turbo_hipster import model
from turbo_hipster.report import Renderer
from turbo_hipster.reports import units
from turbo_hipster.reports.ci import places
from turbo_hipster.reports.ci.identity import digest, fingerprints
from turbo_hipster.reports.ci.spoken import (
    gap,
    headline,
    spoken,
    unexplained,
)
from turbo_hipster.reports.findings import ordered
from turbo_hipster.reports.visible import clipped, visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

MOST = 5000
"""Results in a file; GitHub shows no more of a run."""
GAPS = 1000

_LEVELS = {
    model.Severity.FAIL: "error",
    model.Severity.WARN: "warning",
    model.Severity.NOTE: "note",
}
_JUDGED = (model.Verdict.SUCCESS, model.Verdict.FAILURE)
_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_VERDICT = "turbo-hipster/verdict"


class Sarif(Renderer):
    """Write one run; accepted findings are suppressed, and say why."""

    filename = "report.sarif"

    def render(self, report: model.Report, folder: Path) -> Iterable[str]:
        """Yield the log: strict JSON, in ASCII."""
        found = ordered(report.findings)
        rules = _Rules()
        results = list(_results(report, found[:MOST], rules))
        run = {
            "tool": {
                "driver": {
                    "name": "turbo-hipster",
                    "version": _version(),
                    "rules": rules.written,
                }
            },
            "automationDetails": {"id": f"turbo-hipster/{_line(report.job)}/"},
            "columnKind": "unicodeCodePoints",
            "invocations": [_invocation(report, len(found) - MOST)],
            "results": results,
        }
        log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
        yield json.dumps(log, indent=1, allow_nan=False) + "\n"


class _Rules:
    """The ids that are used, each with its place in the list."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []
        self._places: dict[str, int] = {}

    def place(self, name: str, says: str, level: str) -> int:
        if name not in self._places:
            self._places[name] = len(self.written)
            self.written.append(
                {
                    "id": name,
                    "shortDescription": {"text": clipped(says, 500)},
                    "defaultConfiguration": {"level": level},
                }
            )
        return self._places[name]


def _results(
    report: model.Report, found: Sequence[model.Finding], rules: _Rules
) -> Iterator[dict[str, Any]]:
    if unexplained(report):
        name = digest(report.job, "verdict")
        says = "The change passes its checks"
        place = rules.place(_VERDICT, says, "error")
        yield _result(_VERDICT, place, "error", headline(report), name)
    for finding, name in zip(found, fingerprints(report, found), strict=True):
        rule, level = _line(finding.id), _LEVELS[finding.severity]
        place = rules.place(rule, _line(finding.message), level)
        at = places.place(finding)
        result = _result(rule, place, level, spoken(finding), name, at)
        values = {
            "measured": _value(finding.measured),
            "limit": _value(finding.limit),
            "limitSource": _line(finding.limit_source) or None,
            **{
                f"where.{_line(key)}": _line(value)
                for key, value in places.elsewhere(finding).items()
            },
        }
        result["properties"] = {
            key: value for key, value in values.items() if value is not None
        }
        if finding.accepted is not None:
            reason = visible(finding.accepted)
            suppression = {"kind": "external", "justification": reason}
            result["suppressions"] = [suppression]
        yield result


def _result(
    rule: str,
    place: int,
    level: str,
    text: str,
    fingerprint: str,
    at: places.Place | None = None,
) -> dict[str, Any]:
    return {
        "ruleId": rule,
        "ruleIndex": place,
        "level": level,
        "message": {"text": _plain(text)},
        "locations": [_location(at)],
        "partialFingerprints": {"turboHipster/v1": fingerprint},
    }


def _location(at: places.Place | None) -> dict[str, Any]:
    file = at.file if at else places.ACCEPTING
    region = {"startLine": (at.line if at else 0) or 1}
    if at and at.column:
        region["startColumn"] = at.column
    physical = {
        "artifactLocation": {"uri": quote(file), "uriBaseId": "%SRCROOT%"},
        "region": region,
    }
    if at:
        return {"physicalLocation": physical}
    says = "It names no file; in this one the project can accept it."
    return {"physicalLocation": physical, "message": {"text": says}}


def _invocation(report: model.Report, left: int) -> dict[str, Any]:
    """Say when it ran, whether it could judge, and what is not there."""
    notes = [] if report.verdict in _JUDGED else [_note(report, "error")]
    notes += [_says(gap(one), "note") for one in report.not_checked[:GAPS]]
    if left > 0:
        says = f"Left out: {units.plural(left, 'finding')}, the least grave"
        notes.append(_says(f"{says}. The report has them all.", "warning"))
    if len(report.not_checked) > GAPS:
        more = units.plural(len(report.not_checked) - GAPS, "thing")
        notes.append(_says(f"Left out: {more} not checked", "warning"))
    invocation: dict[str, Any] = {
        "executionSuccessful": report.verdict in _JUDGED,
        "toolExecutionNotifications": notes,
    }
    for key, stamp in (
        ("startTimeUtc", report.started),
        ("endTimeUtc", report.started + report.seconds),
    ):
        told = units.moment(stamp, _STAMP)
        if told != "unknown":
            invocation[key] = told
    return invocation


def _note(report: model.Report, level: str) -> dict[str, Any]:
    return _says(headline(report), level)


def _says(text: str, level: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": _plain(text)}}


def _plain(text: str) -> str:
    """Part what a viewer would take for a link: ``[text](address)``."""
    return text.replace("](", "] (")


def _line(text: str) -> str:
    return " ".join(clipped(visible(str(text)), 300).split())


def _value(value: float | str | None) -> float | str | None:
    """Keep numbers that JSON knows; anything else becomes a text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and abs(value) < float("inf"):
        return value
    return _line(units.cell(value))


@functools.cache
def _version() -> str:
    return metadata.version("turbo-hipster")
