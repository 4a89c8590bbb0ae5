"""The logs of a build in GitLab's own log, each in a section that folds.

A section begins with ``section_start:SECONDS:NAME`` and ends with
``section_end:SECONDS:NAME``, each between the code that erases a line and a
carriage return.  What the build wrote has no control characters left, so it
cannot open or close one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from turbo_hipster import model
from turbo_hipster.report import Renderer
from turbo_hipster.reports import units
from turbo_hipster.reports.logs import Log, logs

_ERASE = "\x1b[0K"
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


class GitLabLog(Renderer):
    """Write what the page shows of the logs: at most 2 MiB of them."""

    filename = "gitlab-log.txt"

    def render(self, report: model.Report, folder: Path) -> Iterable[str]:
        """Yield a section for each log; one that tells of errors is open."""
        bad = report.verdict is not model.Verdict.SUCCESS
        shown, unshown = logs(folder, bad)
        began = _seconds(report.started)
        ended = _seconds(report.started + report.seconds)
        for log in shown:
            name = _UNSAFE.sub("_", f"th_{report.job}_{log.name}")[:200]
            fold = "" if log.error_line else "[collapsed=true]"
            yield (
                f"{_ERASE}section_start:{began}:{name}{fold}\r{_ERASE}"
                f"{_title(log)}\n"
            )
            yield from _lines(log)
            yield f"{_ERASE}section_end:{ended}:{name}\r{_ERASE}\n"
        if unshown:
            more = units.plural(len(unshown), "more log")
            yield f"{more} in the results\n"


def _title(log: Log) -> str:
    told = f"{log.name}, {units.plural(log.lines, 'line')}"
    if log.error_line:
        told += f"; see line {log.error_line:,}"
    return told


def _lines(log: Log) -> Iterator[str]:
    for stretch in log.stretches():
        if stretch.skipped_bytes:
            yield _left_out(stretch.skipped_bytes)
        for block in stretch.blocks():
            for line in block:
                more = f" … ({line.cut:,} more characters)" * bool(line.cut)
                yield f"{line.time}{line.tag}{line.text}{more}\n"
    if log.cut_bytes:
        yield _left_out(log.cut_bytes)


def _left_out(count: int) -> str:
    return f"... {units.size(count)} left out ...\n"


def _seconds(stamp: float) -> int:
    return int(stamp) if math.isfinite(stamp) and 0 <= stamp < 1e12 else 0
