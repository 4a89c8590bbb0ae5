"""``index.html``: one file that needs nothing but a reader.

No JavaScript, no request to anywhere, good on a phone, in the dark and on
paper.  The template is compiled when this module is imported, which the fork
server does once for all builds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from turbo_hipster import model
from turbo_hipster.report import Renderer
from turbo_hipster.reports import charts, timelines, units
from turbo_hipster.reports.findings import Findings
from turbo_hipster.reports.links import artefacts
from turbo_hipster.reports.logs import first_error, logs
from turbo_hipster.reports.overview import Overview
from turbo_hipster.reports.sheets import sheets
from turbo_hipster.reports.visible import visible

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("turbo_hipster.reports"),
    autoescape=True,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
_ENVIRONMENT.filters.update(
    visible=visible,
    duration=units.duration,
    number=units.number,
    size=units.size,
    cell=lambda value: visible(units.cell(value)),
    plural=units.plural,
)


def _style() -> Markup:
    """Return the style sheet, ours and trusted, without its indentation."""
    source, _, _ = _ENVIRONMENT.loader.get_source(  # type: ignore[union-attr]
        _ENVIRONMENT, "style.css"
    )
    lines = (line.strip() for line in source.splitlines())
    return Markup("\n".join(filter(None, lines)))  # noqa: S704


_ENVIRONMENT.globals["style"] = _style()
_PAGE, *_PARTS = [  # all are compiled now, none by a build
    _ENVIRONMENT.get_template(name)
    for name in (
        "index.html",
        "findings.html",
        "charts.html",
        "logs.html",
        "icon.svg",
    )
]
_PIECES = 200  # of the template's output that are joined to one


class Page(Renderer):
    """Write the page people read."""

    filename = "index.html"

    def render(self, report: model.Report, folder: Path) -> Iterable[str]:
        """Yield the page; reads the logs in ``folder``, a bounded part."""
        return _joined(_PAGE.generate(_look(report, folder)))


def _look(report: model.Report, folder: Path) -> dict[str, Any]:
    """Return everything that the template names."""
    wants_error = report.verdict is not model.Verdict.SUCCESS
    # what a task points at says more than a line that looks like an error
    pointed = any(
        one.severity is model.Severity.FAIL and one.accepted is None
        for one in report.findings
    )
    shown, unshown = logs(folder, wants_error)
    return {
        "overview": Overview(report),
        "findings": Findings(report),
        "not_checked": report.not_checked,
        "sheets": sheets(report.tables),
        "drawings": [
            timelines.draw(chart)
            if chart.kind == timelines.KIND
            else charts.draw(chart)
            for chart in report.charts
        ],
        "artefacts": artefacts(report.artefacts),
        "logs": shown,
        "unshown": unshown,
        "error": None if pointed else first_error(shown),
    }


def _joined(pieces: Iterator[str]) -> Iterator[str]:
    """Join small pieces, so that writing them costs little."""
    held: list[str] = []
    for piece in pieces:
        held.append(piece)
        if len(held) == _PIECES:
            yield "".join(held)
            held.clear()
    yield "".join(held)
