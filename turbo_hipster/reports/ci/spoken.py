"""A finding and a verdict as plain text, for systems that show only that."""

from __future__ import annotations

from turbo_hipster import model
from turbo_hipster.reports import units
from turbo_hipster.reports.ci import places
from turbo_hipster.reports.visible import clipped, visible

LONGEST = 4000
"""Characters of one text."""

_WORD = 300  # characters of a value within it


def spoken(finding: model.Finding) -> str:
    """Return what a finding says; nothing in it is hidden or obeyed."""
    parts = [_line(finding.message, LONGEST)]
    rest = ", ".join(
        f"{_line(key)} {_line(value)}"
        for key, value in list(places.elsewhere(finding).items())[:10]
    )
    if rest:
        parts.append(f"Where: {rest}")
    measure = _measure(finding)
    if measure:
        parts.append(measure)
    if finding.advice:
        parts.append(_line(finding.advice, 1000))
    if finding.accepted is not None:
        parts.append(f"Accepted: {_line(finding.accepted)}")
    elif finding.proposed is not None:
        parts.append(
            "This change proposes to accept it: " + _line(finding.proposed)
        )
    return clipped("\n".join(parts), LONGEST)


def headline(report: model.Report) -> str:
    """Return job, verdict and the first sentence."""
    said = f"{_line(report.job)}: {report.verdict.value}"
    first = next((one for one in report.sentences if one.strip()), "")
    return f"{said}: {_line(first, 1000)}" if first else said


def unexplained(report: model.Report) -> bool:
    """Whether the verdict is bad and no finding says why."""
    return report.verdict is not model.Verdict.SUCCESS and not any(
        finding.severity is model.Severity.FAIL and finding.accepted is None
        for finding in report.findings
    )


def gap(one: model.NotChecked) -> str:
    """Return what was not checked, and why."""
    return f"Not checked: {_line(one.what)}: {_line(one.why, 1000)}"


def _measure(finding: model.Finding) -> str:
    parts = []
    if finding.measured is not None:
        parts.append(f"measured {_line(units.cell(finding.measured))}")
    if finding.limit is not None:
        parts.append(f"the limit is {_line(units.cell(finding.limit))}")
    if parts and finding.limit_source:
        parts[-1] += f", from {_line(finding.limit_source)}"
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def _line(text: str, most: int = _WORD) -> str:
    return " ".join(clipped(visible(text), most).split())
