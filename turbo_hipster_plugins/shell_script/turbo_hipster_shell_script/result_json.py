"""TH_RESULT_JSON: sentences, findings, tables and charts of a command.

A document is taken whole or not at all.  When it is not, the report says
what is wrong with it, and the exit status alone decides.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from turbo_hipster import task
from turbo_hipster_shell_script import shapes, values
from turbo_hipster_shell_script.result_file import Unreadable, read

LARGEST = 4 * 2**20
"""Most bytes of a document."""


def show(path: Path, context: task.TaskContext) -> shapes.Said:
    """Put the document into the report; return what bears on the verdict."""
    try:
        said = shapes.document(parse(read(path, LARGEST)))
    except FileNotFoundError:
        return shapes.Said()
    except (Unreadable, values.Misshapen) as error:
        context.not_checked(
            "what the command wrote to TH_RESULT_JSON",
            f"{error}; only its exit status counts",
        )
        return shapes.Said()
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
        )
    for table in said.tables:
        context.table(table.name, table.rows, table.title)
    for chart in said.charts:
        context.chart(chart)
    for gap in said.not_checked:
        context.not_checked(gap.what, gap.why)
    return said


def parse(data: bytes) -> Any:
    """Return the document's plain values, or raise Misshapen."""
    try:
        return json.loads(data.decode(), parse_constant=no_number)
    except RecursionError:
        raise values.Misshapen("it is nested too deeply") from None
    except ValueError as error:  # of the encoding, the text, or a number
        raise values.Misshapen(f"it is no JSON: {error}") from None


def no_number(text: str) -> Any:
    """Refuse NaN and Infinity, which are no JSON and break its readers."""
    raise values.Misshapen(f"it is no JSON: {text} is no number")
