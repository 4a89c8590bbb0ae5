"""GitLab's code quality report: findings in the merge request.

An array of issues with ``description``, ``check_name``, ``fingerprint``,
``severity`` and ``location``.  GitLab compares the fingerprints of both
branches and shows what came and what went.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from turbo_hipster import model
from turbo_hipster.report import Renderer
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

SEVERITIES = {
    model.Severity.FAIL: "critical",
    model.Severity.WARN: "minor",
    model.Severity.NOTE: "info",
}
"""Of GitLab's info, minor, major, critical and blocker."""

_OF_VERDICT = {model.Verdict.FAILURE: "critical"}
_NOT_JUDGED = "major"


class GitLabQuality(Renderer):
    """Write an issue for each finding; an accepted one is for information."""

    filename = "gl-code-quality-report.json"

    def render(self, report: model.Report, folder: Path) -> Iterable[str]:
        """Yield a JSON array, one issue a line; no report has none."""
        begin = "[\n"
        for issue in _issues(report):
            yield begin + json.dumps(issue)
            begin = ",\n"
        yield "[]\n" if begin == "[\n" else "\n]\n"


def _issues(report: model.Report) -> Iterator[dict[str, Any]]:
    if unexplained(report):
        yield _issue(
            headline(report),
            "turbo-hipster",
            digest(report.job, "verdict"),
            _OF_VERDICT.get(report.verdict, _NOT_JUDGED),
        )
    found = ordered(report.findings)
    for finding, name in zip(found, fingerprints(report, found), strict=True):
        severity = SEVERITIES[finding.severity]
        if finding.accepted is not None:
            severity = "info"
        check = clipped(visible(finding.id), 200)
        at = places.place(finding)
        yield _issue(spoken(finding), check, name, severity, at)
    told = set()
    for one in report.not_checked:
        name = digest(report.job, "not checked", one.what)
        if name not in told:
            told.add(name)
            yield _issue(gap(one), "turbo-hipster", name, "info")


def _issue(
    description: str,
    check: str,
    fingerprint: str,
    severity: str,
    at: places.Place | None = None,
) -> dict[str, Any]:
    at = at or places.Place(places.ACCEPTING)
    return {
        "type": "issue",
        "description": description,
        "check_name": check,
        "categories": ["Bug Risk"],
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": at.file, "lines": {"begin": at.line or 1}},
    }
