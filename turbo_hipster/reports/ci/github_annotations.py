"""Annotations for GitHub Actions: workflow commands on standard output.

``::error file=F,line=N,title=T::MESSAGE`` shows a finding beside the code.
GitHub keeps ten of a step, the first ones, so the most important lead.  In a
message ``%``, carriage return and new line are written as ``%25``, ``%0D``
and ``%0A``; in a property ``:`` and ``,`` as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from turbo_hipster import model
from turbo_hipster.report import Renderer
from turbo_hipster.reports import units
from turbo_hipster.reports.ci import places
from turbo_hipster.reports.ci.spoken import (
    gap,
    headline,
    spoken,
    unexplained,
)
from turbo_hipster.reports.findings import ordered
from turbo_hipster.reports.visible import clipped, visible

MOST = 10

_LEVELS = {
    model.Severity.FAIL: "error",
    model.Severity.WARN: "warning",
    model.Severity.NOTE: "notice",
}
_MESSAGE, _PROPERTY = {"%": "%25", "\r": "%0D", "\n": "%0A"}, ":,"
_ESCAPED = str.maketrans(_MESSAGE)
_ESCAPED_IN_PROPERTY = str.maketrans(
    _MESSAGE | {sign: f"%{ord(sign):02X}" for sign in _PROPERTY}
)


class GitHubAnnotations(Renderer):
    """Write at most ten annotations, and say how many more there are."""

    filename = "github-annotations.txt"

    def render(self, report: model.Report, folder: Path) -> Iterable[str]:
        """Yield one line for each; accepted findings are not shown."""
        lines = list(_annotations(report))
        yield from lines[:MOST]
        more = len(lines) - MOST
        if more > 0:
            what = units.plural(more, "more annotation")
            yield f"{what} left out: GitHub shows {MOST} of a step\n"


def _annotations(report: model.Report) -> Iterator[str]:
    if unexplained(report):
        yield _command("error", headline(report), {"title": "turbo-hipster"})
    for finding in ordered(report.findings):
        if finding.accepted is None:
            yield _command(
                _LEVELS[finding.severity], spoken(finding), _at(finding)
            )
    for one in report.not_checked:
        yield _command("notice", gap(one), {"title": "turbo-hipster"})


def _at(finding: model.Finding) -> dict[str, str]:
    properties = {}
    at = places.place(finding)
    if at is not None:
        properties["file"] = at.file
        if at.line:
            properties["line"] = str(at.line)
        if at.column:
            properties["col"] = str(at.column)
    title = " ".join(clipped(visible(finding.id), 200).split())
    return properties | {"title": title}


def _command(level: str, message: str, properties: dict[str, str]) -> str:
    told = ",".join(
        f"{name}={value.translate(_ESCAPED_IN_PROPERTY)}"
        for name, value in properties.items()
    )
    return f"::{level} {told}::{message.translate(_ESCAPED)}\n"
