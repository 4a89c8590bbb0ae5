"""``summary.md``: the report as a comment for a review."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from turbo_hipster import model
from turbo_hipster.report import Renderer
from turbo_hipster.reports import units
from turbo_hipster.reports.bounded import Bounded
from turbo_hipster.reports.findings import ordered
from turbo_hipster.reports.prose import code, mark, prose

MOST = 60_000  # characters; review systems refuse more
_NOTICE = 400  # kept free to say what was cut
_RESERVED = 4_000  # kept free for what follows the findings

_SIGNS = {
    model.Verdict.SUCCESS: "✅",
    model.Verdict.FAILURE: "❌",
    model.Verdict.TIMED_OUT: "⏱️",
    model.Verdict.ABORTED: "⏹️",
    model.Verdict.ERROR: "⚠️",
}


class Markdown(Renderer):
    """Write a comment that can replace its predecessor in place."""

    filename = "summary.md"

    def render(self, report: model.Report, folder: Path) -> Iterable[str]:
        """Yield at most 60,000 characters; the first line is a mark."""
        page = Bounded(MOST, _NOTICE)
        for part in head(report, 5):
            page.must(part)
        page.most(finding_rows(report), "finding", _RESERVED)
        gaps = gap_rows(report)
        page.most(gaps, "unchecked thing", _RESERVED // 2)
        page.most(step_rows(report), "step", 0, end="\n</details>\n")
        yield from page.parts
        if page.cut:
            yield f"\n*Cut for length: {', '.join(page.cut)}. "
            yield "The report has them all.*\n"


def head(report: model.Report, most: int) -> Iterator[str]:
    """Yield the mark, the verdict, ``most`` sentences and the facts."""
    yield mark(report.job, report.change.project) + "\n"
    yield (
        f"### {_SIGNS[report.verdict]} {report.verdict.value}: "
        f"{prose(report.job, 200)}\n\n"
    )
    for place, sentence in enumerate(report.sentences[:most]):
        text = prose(sentence)
        yield f"{text}\n\n" if place else f"**{text}**\n\n"
    yield " · ".join(_facts(report)) + "\n"


def _facts(report: model.Report) -> Iterator[str]:
    change = report.change
    rows: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("project", change.project, prose),
        ("change", change.number, prose),
        ("branch", change.branch, prose),
        ("commit", change.commit[:12], code),
    )
    for name, value, form in rows:
        if value:
            yield f"{name} {form(value)}"
    yield f"took {units.duration(report.seconds)}"


def finding_rows(report: model.Report, whole: int | None = None) -> list[str]:
    """Return the findings as rows of a table, its head before the first.

    The first ``whole`` (default: all) say everything, the others are short.
    """
    found = ordered(report.findings)
    rows = [_row(finding) for finding in found[:whole]]
    rows += [_row(finding, 160) for finding in found[len(rows) :]]
    if rows:
        rows[0] = (
            "\n| | Finding | Where | Measured | Limit |\n"
            "|---|---|---|---|---|\n" + rows[0]
        )
    return rows


def _row(finding: model.Finding, most: int = 500) -> str:
    message = f"{prose(finding.message, most)}<br>{code(finding.id)}"
    if finding.advice and most >= 500:
        message += f"<br>{prose(finding.advice, 500)}"
    state = f"**{finding.severity.value}**"
    if finding.accepted is not None:
        state = "accepted"
        message += f"<br>Accepted: {prose(finding.accepted, 300)}"
    elif finding.proposed is not None:
        state += ", proposed"
        message += f"<br>Proposed: {prose(finding.proposed, 300)}"
    where = "<br>".join(
        f"{prose(key, 60)} {code(value, 120)}"
        for key, value in list(finding.where.items())[:10]
    )
    limit = _value(finding.limit)
    if finding.limit_source:
        limit += f"<br>from {prose(finding.limit_source, 200)}"
    measured = _value(finding.measured)
    return f"| {state} | {message} | {where} | {measured} | {limit} |\n"


def _value(value: float | str | None) -> str:
    return "" if value is None else prose(units.cell(value), 200)


def gap_rows(report: model.Report) -> list[str]:
    """Return what was not checked as a list, its head before the first."""
    rows = [
        f"- {prose(gap.what, 300)}: {prose(gap.why, 500)}\n"
        for gap in report.not_checked
    ]
    if rows:
        rows[0] = "\n**Not checked**\n\n" + rows[0]
    return rows


def step_rows(report: model.Report) -> list[str]:
    """Return the steps as rows of a folded table; who writes it closes it."""
    rows = [
        f"| {prose(step.name, 200)} | {step.verdict.value} "
        f"| {units.duration(step.seconds)} |\n"
        for step in report.steps
    ]
    if rows:
        count = units.plural(len(report.steps), "step")
        rows[0] = (
            f"\n<details>\n<summary>{count}</summary>\n\n"
            "| Step | Verdict | Took |\n|---|---|---|\n" + rows[0]
        )
    return rows
