"""TH_RESULT_JSON: sentences, findings, tables and charts of a command.

A document is taken whole or not at all.  When it is not, the report says
what is wrong with it, and the exit status alone decides.
"""

from __future__ import annotations

from pathlib import Path

from turbo_hipster import task
from turbo_hipster_shell_script.result_file import Unreadable, read
from turbo_hipster_shell_script.said import Said

LARGEST = 4 * 2**20
"""Most bytes of a document."""


def show(path: Path, context: task.TaskContext) -> Said:
    """Put the document into the report; return what bears on the verdict."""
    try:
        said = _understood(read(path, LARGEST))
    except FileNotFoundError:
        return Said()
    except (Unreadable, ValueError) as error:
        context.not_checked(
            "what the command wrote to TH_RESULT_JSON",
            f"{error}; only its exit status counts",
        )
        return Said()
    for finding in said.findings:
        context.finding(
            finding.id,
            finding.message,
            severity=finding.severity,
            where=finding.where,
            measured=finding.measured,
            limit=finding.limit,
            limit_source=finding.limit_source,
            advice=finding.advice,
            detail=finding.detail,
        )
    for table in said.tables:
        context.table(table.name, table.rows, table.title)
    for chart in said.charts:
        context.chart(chart)
    for gap in said.not_checked:
        context.not_checked(gap.what, gap.why)
    return said


def _understood(data: bytes) -> Said:
    # most commands leave no document: theirs need not wait for the readers
    from turbo_hipster_shell_script import document

    return document.read(data)
