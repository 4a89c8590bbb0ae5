"""The summary of a step in GitHub Actions: Markdown of less than 1 MiB.

More than 1 MiB is not cut by GitHub but refused whole.  So what matters most
has its place kept free, the rest is folded, and what does not fit is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from turbo_hipster import model
from turbo_hipster.report import Renderer
from turbo_hipster.reports import markdown, units
from turbo_hipster.reports.bounded import Bounded, in_bytes
from turbo_hipster.reports.findings import ordered
from turbo_hipster.reports.logs import first_error, logs
from turbo_hipster.reports.prose import prose, within_html
from turbo_hipster.reports.sheets import Sheet, sheets
from turbo_hipster.reports.visible import clipped, visible

MOST = 1_000_000
"""Bytes; the limit is 1,048,576 for all that one step writes."""

LEAST = 64 * 1024
"""Bytes without which it is not worth to begin."""

_NOTICE = 4096
_WHOLE = 100  # findings that are told in full
_ROWS = 200  # of a table
_DETAIL = 4000  # characters of what is shown beneath a finding
_KEPT = {"gaps": 64, "details": 96, "log": 32, "tables": 96, "steps": 32}


class GitHubSummary(Renderer):
    """Write the whole report for a reader who may never open the page."""

    filename = "github-summary.md"

    def __init__(self, most: int = MOST) -> None:
        self.most = most

    def render(self, report: model.Report, folder: Path) -> Iterable[str]:
        """Yield at most ``most`` bytes; the first line is a mark."""
        page = Bounded(self.most, _NOTICE, in_bytes)
        for part in markdown.head(report, 10):
            page.must(part)
        web = self.url.startswith(("http://", "https://"))
        if web and not re.search(r"[\s<>\\]", self.url):
            page.must(f"\n[The whole report](<{self.url}>)\n")
        reserved = sum(_KEPT.values()) * 1024 * self.most // MOST
        for rows, noun, name in (
            (markdown.finding_rows(report, _WHOLE), "finding", ""),
            (markdown.gap_rows(report), "unchecked thing", "gaps"),
            (list(_log(report, folder)), "part of a log", "log"),
            (list(_tables(report)), "table", "tables"),
            (list(_details(report)), "detail", "details"),
        ):
            reserved -= _KEPT.get(name, 0) * 1024 * self.most // MOST
            page.most(rows, noun, reserved)
        page.most(markdown.step_rows(report), "step", 0, "\n</details>\n")
        yield from page.parts
        if page.cut:
            yield f"\n*Left out for length: {', '.join(page.cut)}. "
            yield "The report has them all.*\n"


def _details(report: model.Report) -> Iterator[str]:
    """Yield what is shown beneath a finding, folded."""
    for finding in ordered(report.findings):
        if finding.detail and finding.accepted is None:
            title = f"{clipped(finding.id, 200)}: {finding.message}"
            yield _folded(title, clipped(finding.detail, _DETAIL))


def _log(report: model.Report, folder: Path) -> Iterator[str]:
    """Yield the lines about the first that tells what went wrong."""
    if report.verdict is model.Verdict.SUCCESS:
        return
    shown, _ = logs(folder, search=True)
    log = first_error(shown)
    if log is not None:
        lines = [f"{line.tag}{line.text}" for line in log.around()]
        title = f"{log.name}, about line {log.error_line:,}"
        yield _folded(title, "\n".join(lines), " open")


def _tables(report: model.Report) -> Iterator[str]:
    for sheet in sheets(report.tables):
        rows = sheet.rows[:_ROWS]
        left = sheet.left_out + len(sheet.rows) - len(rows)
        told = "".join(_table(sheet, rows))
        more = f"\n{units.plural(left, 'more row')} in the report\n"
        title = within_html(sheet.title, 200)
        yield (
            f"\n<details>\n<summary>{title}</summary>\n\n"
            f"{told}{more * bool(left)}\n</details>\n"
        )


def _table(sheet: Sheet, rows: list[list[str]]) -> Iterator[str]:
    yield _row(prose(name) for name, _ in sheet.head)
    yield _row("---:" if number else "---" for _, number in sheet.head)
    for row in rows:
        yield _row(map(prose, row))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _folded(title: str, text: str, how: str = "") -> str:
    """Return text as it is, in a fence that nothing in it can close."""
    told = visible(text).strip("\n")
    runs = re.findall(r"`{3,}", told)
    fence = "`" * (1 + max(map(len, runs), default=2))
    return (
        f"\n<details{how}>\n<summary>{within_html(title, 500)}</summary>\n\n"
        f"{fence}text\n{told}\n{fence}\n\n</details>\n"
    )
