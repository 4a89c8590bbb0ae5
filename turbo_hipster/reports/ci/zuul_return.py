"""What a job of Zuul 3 and later returns: the argument of ``zuul_return``.

``zuul.artifacts`` are links of the build's page, ``zuul.file_comments`` are
put beside the code in the review, ``zuul.warnings`` are shown with the
result.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

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

COMMENTS = 50
"""Comments in one review; a reviewer reads no more."""
WARNINGS = 10
ARTEFACTS = 20

_LEVELS = {
    model.Severity.FAIL: "error",
    model.Severity.WARN: "warning",
    model.Severity.NOTE: "info",
}
_VIEWS = (
    ("report", "index.html", "html"),
    ("data", "report.json", "json"),
    ("tests", "junit.xml", "junit"),
)


class ZuulReturn(Renderer):
    """Write the data; its links are relative where no address is known."""

    filename = "zuul_return.json"

    def render(self, report: model.Report, folder: Path) -> Iterable[str]:
        """Yield one JSON object with the key ``zuul``."""
        comments, warnings = _said(report)
        data = {
            "artifacts": list(self._artefacts(report, folder)),
            "file_comments": comments,
            "warnings": warnings,
        }
        yield json.dumps({"zuul": data}, indent=1) + "\n"

    def _artefacts(
        self, report: model.Report, folder: Path
    ) -> Iterator[dict[str, Any]]:
        job = clipped(visible(report.job), 200)
        for name, path, kind in _VIEWS:
            if self.url or (folder / path).is_file():
                yield self._artefact(f"{job}: {name}", path, kind)
        for one in report.artefacts[:ARTEFACTS]:
            title = clipped(visible(one.title or one.path), 200)
            yield self._artefact(f"{job}: {title}", one.path, "file")

    def _artefact(self, name: str, path: str, kind: str) -> dict[str, Any]:
        told = quote(path.encode("utf-8", "backslashreplace")).lstrip("/")
        url = urljoin(self.url, told) if self.url else told
        kind = f"turbo_hipster_{kind}"
        return {"name": name, "url": url, "metadata": {"type": kind}}


def _said(
    report: model.Report,
) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Return the comments by file, and what has no file as warnings."""
    comments: dict[str, list[dict[str, Any]]] = defaultdict(list)
    warnings = [headline(report)] if unexplained(report) else []
    count = 0
    for finding in ordered(report.findings):
        if finding.accepted is not None:
            continue
        at = places.place(finding)
        told = f"{_id(finding)}: {spoken(finding)}"
        if at is None:
            if finding.severity is not model.Severity.NOTE:
                warnings.append(told)
            continue
        count += 1
        if count <= COMMENTS:
            level = _LEVELS[finding.severity]
            comments[at.file].append(
                {"line": at.line or 1, "level": level, "message": told}
            )
    warnings += map(gap, report.not_checked)
    left = [units.plural(len(warnings) - WARNINGS, "warning")]
    left *= len(warnings) > WARNINGS
    if count > COMMENTS:
        left.append(units.plural(count - COMMENTS, "comment"))
    warnings = warnings[:WARNINGS]
    if left:
        warnings.append(f"Left out: {', '.join(left)}; the report has them")
    return comments, warnings


def _id(finding: model.Finding) -> str:
    return " ".join(clipped(visible(finding.id), 200).split())
