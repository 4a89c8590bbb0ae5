"""What a failed build at a desk is told with: its findings, or its log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from turbo_hipster import exceptions, model
from turbo_hipster.cli.published import printable
from turbo_hipster.reports import document

LOGS = ("shell_output.log", "task_output.log", "git_prep.log")
"""The one that tells most comes first."""

MOST_LINES = 15
MOST_FINDINGS = 20


def telling(url: str) -> str:
    """Return the failing findings of a report, else the end of its log.

    ``url`` is that of the report's page; nothing comes of one that cannot be
    read.
    """
    folder = Path(url.removeprefix("file://")).parent
    found = list(_findings(folder))
    lines = found or list(_log(folder))
    return "".join(f"  {line}\n" for line in lines)


def _findings(folder: Path) -> Iterator[str]:
    try:
        report = document.read(folder / "report.json")
    except exceptions.RefusedInput:
        return
    failing = [
        finding
        for finding in report.findings
        if finding.severity is model.Severity.FAIL and finding.accepted is None
    ]
    for finding in failing[:MOST_FINDINGS]:
        yield printable(f"{finding.id}: {finding.message}")
    if len(failing) > MOST_FINDINGS:
        yield f"and {len(failing) - MOST_FINDINGS} more"


def _log(folder: Path) -> Iterator[str]:
    for name in LOGS:
        try:
            text = (folder / name).read_text(errors="replace")
        except OSError:
            continue
        lines = text.splitlines()[-MOST_LINES:]
        if lines:
            yield from (f"| {line}" for line in lines)
            return
