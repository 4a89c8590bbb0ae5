"""``junit.xml``: for the test tabs of Jenkins, GitLab and their like.

There is no standard; this is the part all of them read: ``testsuites``,
``testsuite`` with counts, ``testcase`` with at most one of ``failure``,
``error`` and ``skipped``, and ``system-out``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from markupsafe import escape

from turbo_hipster import model
from turbo_hipster.report import Renderer
from turbo_hipster.reports import units
from turbo_hipster.reports.findings import ordered
from turbo_hipster.reports.overview import host
from turbo_hipster.reports.visible import visible

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_OUTCOMES = {
    model.Verdict.SUCCESS: "",
    model.Verdict.FAILURE: "failure",
    model.Verdict.TIMED_OUT: "failure",
    model.Verdict.ABORTED: "skipped",
    model.Verdict.ERROR: "error",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """A test case; ``outcome`` is the name of its element, or empty."""

    name: str
    group: str
    seconds: float = 0.0
    outcome: str = ""
    kind: str = ""
    message: str = ""
    details: str = ""
    output: str = ""


class JUnit(Renderer):
    """Write the build as a suite: its verdict, its steps, its findings."""

    filename = "junit.xml"

    def render(self, report: model.Report, folder: Path) -> Iterable[str]:
        """Yield XML that is valid whatever the texts hold."""
        cases = [
            _verdict(report),
            *(_step(report, step) for step in report.steps),
            *(_finding(report, found) for found in ordered(report.findings)),
        ]
        counts = {
            "tests": str(len(cases)),
            "failures": _count(cases, "failure"),
            "errors": _count(cases, "error"),
            "skipped": _count(cases, "skipped"),
            "time": _seconds(report.seconds),
        }
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield _tag("testsuites", {"name": report.job, **counts})
        stamp = units.moment(report.started, "%Y-%m-%dT%H:%M:%S")
        suite = {"name": report.job, **counts}
        if stamp != "unknown":
            suite["timestamp"] = stamp
        suite["hostname"] = host(report.worker) or "localhost"
        yield _tag("testsuite", suite)
        yield from _properties(report)
        for case in cases:
            yield from _written(case)
        yield "</testsuite>\n</testsuites>\n"


def _verdict(report: model.Report) -> Case:
    sentences = list(report.sentences)
    gaps = [
        f"Not checked: {gap.what}: {gap.why}" for gap in report.not_checked
    ]
    outcome = _OUTCOMES[report.verdict]
    if report.verdict is model.Verdict.ABORTED:
        outcome = "error"  # nobody judged; it must not look like a pass
    return Case(
        "verdict",
        report.job,
        report.seconds,
        outcome,
        report.verdict.value,
        sentences[0] if sentences else report.verdict.value,
        "\n".join(sentences),
        "\n".join([*sentences, *gaps]),
    )


def _step(report: model.Report, step: model.Step) -> Case:
    return Case(
        step.name,
        f"{report.job}.steps",
        step.seconds,
        _OUTCOMES[step.verdict],
        step.verdict.value,
        f"The step came to {step.verdict.value}",
    )


def _finding(report: model.Report, finding: model.Finding) -> Case:
    where = ", ".join(f"{key} {text}" for key, text in finding.where.items())
    case = Case(
        f"{finding.id} {where}".strip(),
        f"{report.job}.findings",
        kind=finding.id,
        message=finding.message,
        details=_details(finding),
    )
    if finding.accepted is not None:
        return dataclasses.replace(
            case,
            outcome="skipped",
            message=f"accepted: {finding.accepted}",
            output=case.details,
        )
    if finding.severity is model.Severity.FAIL:
        return dataclasses.replace(case, outcome="failure")
    output = f"{finding.severity.value}: {case.details}"
    return dataclasses.replace(case, output=output)


def _details(finding: model.Finding) -> str:
    lines = [finding.message]
    if finding.measured is not None:
        lines.append(f"measured: {units.cell(finding.measured)}")
    if finding.limit is not None:
        lines.append(f"limit: {units.cell(finding.limit)}")
    if finding.limit_source:
        lines.append(f"the limit comes from: {finding.limit_source}")
    if finding.advice:
        lines.append(finding.advice)
    if finding.detail:
        lines.append(finding.detail)
    if finding.proposed is not None:
        lines.append(f"this change proposes to accept it: {finding.proposed}")
    return "\n".join(lines)


def _properties(report: model.Report) -> Iterator[str]:
    rows = {"build": report.build, "verdict": report.verdict.value}
    change = model.plain(report.change)
    rows |= {key: value for key, value in change.items() if value}
    yield "<properties>\n"
    for name, value in rows.items():
        yield _tag("property", {"name": name, "value": value}, "/>\n")
    yield "</properties>\n"


def _written(case: Case) -> Iterator[str]:
    yield _tag(
        "testcase",
        {
            "name": case.name,
            "classname": case.group,
            "time": _seconds(case.seconds),
        },
    )
    if case.outcome == "skipped":
        yield _tag("skipped", {"message": case.message}, "/>\n")
    elif case.outcome:
        yield _tag(
            case.outcome, {"message": case.message, "type": case.kind}, ">"
        )
        yield f"{_text(case.details)}</{case.outcome}>\n"
    if case.output:
        yield f"<system-out>{_text(case.output)}</system-out>\n"
    yield "</testcase>\n"


def _tag(name: str, attributes: dict[str, str], end: str = ">\n") -> str:
    written = "".join(
        f' {key}="{_attribute(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{written}{end}"


def _attribute(text: str) -> str:
    """Escape a value; a parser turns bare white space into blanks."""
    return (
        _text(text)
        .replace("\n", "&#10;")
        .replace("\t", "&#9;")
        .replace("\r", "&#13;")
    )


def _text(text: str) -> str:
    """Escape a text; what XML 1.0 cannot hold is shown or dropped."""
    return str(escape(_ILLEGAL.sub("", visible(text))))


def _count(cases: list[Case], outcome: str) -> str:
    return str(sum(case.outcome == outcome for case in cases))


def _seconds(value: float) -> str:
    """Write seconds as a plain decimal; what is no number is 0."""
    return f"{value:.3f}" if 0 <= value < 1e12 else "0.000"
