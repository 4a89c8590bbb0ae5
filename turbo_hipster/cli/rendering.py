"""Render a report once more, here, for the system that this runs in."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from turbo_hipster import exceptions, model, plugins
from turbo_hipster.cli.published import printable
from turbo_hipster.cli.views import ALOUD, View
from turbo_hipster.report import Renderer
from turbo_hipster.reports import document
from turbo_hipster.reports.ci import github_summary

NOWHERE = Path("/nonexistent")
"""The folder of a report that has none: no log is there."""

FAULTS = (
    exceptions.TurboHipsterError,
    ArithmeticError,
    AttributeError,
    ImportError,
    LookupError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
)
"""What a view raises that has a mistake in it, or no place to go."""


@contextlib.contextmanager
def shielded(out: TextIO, environment: Mapping[str, str]) -> Iterator[None]:
    """Keep GitHub from obeying what a build wrote: ``::set-output ...``.

    Between the two lines the runner takes no workflow commands; the word that
    ends this is not to be guessed.
    """
    if environment.get("GITHUB_ACTIONS") != "true":
        yield
        return
    word = secrets.token_hex(20)
    out.write(f"::stop-commands::{word}\n")
    out.flush()
    try:
        yield
    finally:
        out.write(f"::{word}::\n")
        out.flush()


def read(
    url: str, job: str, verdict: model.Verdict, sentences: Iterable[str]
) -> tuple[model.Report, Path]:
    """Return the report of a ``file:`` URL's folder, and that folder.

    One that cannot be read is made of what is known without it.
    """
    folder = NOWHERE
    if url.startswith("file://"):
        folder = Path(url.removeprefix("file://")).parent
    told = folder / "report.json"
    with contextlib.suppress(exceptions.RefusedInput):
        if told.is_file():  # a pipe would keep us waiting
            return document.read(told), folder
    said = tuple(sentences)
    bare = model.Report(job, "", model.Change(), verdict, said, 0.0, 0.0)
    return bare, folder


def render(
    views: Sequence[View],
    report: model.Report,
    folder: Path,
    out: TextIO,
    url: str = "",
) -> bool:
    """Write each view; False if one that was asked for could not be.

    ``url`` is where the page is read.  What went wrong is said, and the other
    views are written all the same.
    """
    problems, complete = [], True
    for view in views:
        try:
            text = _text(view, report, folder, url)
            _put(view, text, out)
        except FAULTS as error:
            told = printable(f"{type(error).__name__}: {error}")
            problems.append(f"problem: view {view.name}: {told}\n")
            complete = complete and not view.asked
    if problems:
        with shielded(out, os.environ):
            out.writelines(problems)
    return complete


def _text(view: View, report: model.Report, folder: Path, url: str) -> str:
    renderer = plugins.load(view.entry, Renderer)()
    renderer.url = "" if url.startswith("file:") else url
    if isinstance(renderer, github_summary.GitHubSummary) and view.append:
        renderer.most = _room(Path(view.place), renderer.most)
    text = "".join(renderer.render(report, folder))
    return text.encode("utf-8", "backslashreplace").decode()


def _room(place: Path, most: int) -> int:
    """Return how much the step may still write; others wrote before us."""
    taken = place.stat().st_size if place.exists() else 0
    if most - taken < github_summary.LEAST:
        raise exceptions.RefusedInput(
            f"{place} has {taken:,} bytes already and takes no more"
        )
    return most - taken


def _put(view: View, text: str, out: TextIO) -> None:
    if view.place == ALOUD:
        obeyed = {} if view.name == "github_annotations" else os.environ
        with shielded(out, obeyed):
            out.write(text)
        out.flush()
        return
    filename = plugins.load(view.entry, Renderer).filename
    mode = "a" if view.append else "w"
    with Path(view.place or filename).open(mode, encoding="utf-8") as file:
        file.write(text)
