"""The head of the page: the verdict, what was tested, where and when."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from turbo_hipster import model
from turbo_hipster.reports import units
from turbo_hipster.reports.visible import clipped, visible

_WORDS = {
    model.Verdict.SUCCESS: ("Success", "All that was checked is sound."),
    model.Verdict.FAILURE: ("Failure", "The change did not pass."),
    model.Verdict.TIMED_OUT: ("Timed out", "The build took too long."),
    model.Verdict.ABORTED: ("Aborted", "The build was cancelled."),
    model.Verdict.ERROR: ("Error", "The change could not be judged."),
}
_LONGEST = 2000  # characters of a sentence
_HOSTS = ("worker_name", "name", "host", "hostname", "worker_hostname")


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """A step's row: ``begin`` and ``width`` in percent of the whole."""

    name: str
    kind: str
    word: str
    took: str
    at: str
    begin: float
    width: float


class Overview:
    """What the first screen shows."""

    def __init__(self, report: model.Report) -> None:
        self.kind = report.verdict.value.lower()
        self.word, default = _WORDS[report.verdict]
        self.job = visible(report.job)
        self.build = visible(report.build)
        said = [
            clipped(visible(text), _LONGEST)
            for text in report.sentences
            if text.strip()
        ]
        self.sentence = said[0] if said else default
        self.sentences = said[1:]
        self.project = visible(report.change.project)
        self.number = visible(report.change.number)
        self.iso = units.moment(report.started, "%Y-%m-%dT%H:%M:%SZ")
        self.started = units.moment(report.started)
        self.took = units.duration(report.seconds)
        self.facts = list(_facts(report.change))
        self.host = visible(host(report.worker))
        self.worker = list(_worker(report.worker))
        self.steps = list(_bars(report))


def _facts(change: model.Change) -> Iterator[tuple[str, str, str]]:
    """Yield what is known of the change: name, value, link."""
    web = change.url.startswith(("http://", "https://"))
    url = change.url if web and change.url.isprintable() else ""
    rows = (
        ("Project", change.project, ""),
        ("Change", change.number, ""),
        ("Branch", change.branch, ""),
        ("Commit", change.commit, ""),
        ("Ref", change.ref, ""),
        ("Pipeline", change.pipeline, ""),
        ("Fetched from", change.url, url),
    )
    for name, value, link in rows:
        if value:
            yield name, visible(value), link


def host(worker: Mapping[str, Any]) -> str:
    """Return the name of the machine, or of the worker, or nothing."""
    return str(next((worker[key] for key in _HOSTS if worker.get(key)), ""))


def _worker(worker: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in worker.items():
        if value not in (None, "", [], {}, ()):
            name = visible(str(key)).replace("_", " ")
            yield name, visible(units.cell(value))


def _bars(report: model.Report) -> Iterator[Bar]:
    """Lay the steps along the time from the first to the last."""
    if not report.steps:
        return
    first = min(step.started for step in report.steps)
    last = max(step.started + step.seconds for step in report.steps)
    whole = max(last - first, 1e-9)
    for step in report.steps:
        begin = min(99.2, 100 * (step.started - first) / whole)
        width = max(0.8, 100 * step.seconds / whole)
        yield Bar(
            visible(step.name),
            step.verdict.value.lower(),
            _WORDS[step.verdict][0],
            units.duration(step.seconds),
            units.duration(max(0.0, step.started - first)),
            round(begin, 2),
            round(min(width, 100 - begin), 2),
        )
