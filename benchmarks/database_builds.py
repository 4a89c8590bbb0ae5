"""A build's context for what is measured of the databases library.

No worker and no Gearman server: a task that is run as in a test calls the
function that is measured.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import servers
from turbo_hipster import model
from turbo_hipster.task import Task, TaskContext
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.engine import Engine

KEPT = Path(__file__).parent.parent / "build" / "bench"
"""Where datasets, environments and snapshots outlive a run."""


def in_build(place: Path, function: Callable[[TaskContext], object]) -> object:
    """Call ``function`` in a build whose files all lie below ``place``.

    What the library keeps stays there.  Raises RuntimeError when a process
    is left.
    """
    answers = []

    class Measures(Task):
        def run(self, context: TaskContext) -> model.Result:
            answers.append(function(context))
            return model.Result.success()

    with temporary_files(place / "tmp"):
        outcome = run_task(Measures, state_dir=place / "state" / "plugin")
    if outcome.left:
        raise RuntimeError(f"{outcome.left} processes were left")
    return answers[0]


@contextlib.contextmanager
def temporary_files(folder: Path) -> Iterator[None]:
    """Have all temporary files made in ``folder``, for a while."""
    folder.mkdir(parents=True, exist_ok=True)
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def engines(*names: str) -> list[Engine]:
    """Return the engines of these names; raises NoServer."""
    found = [plugins.engine(name) for name in names]
    for engine in found:
        if not engine.releases():
            raise servers.NoServer(
                f"{engine.title} is not installed; {engine.advice()}"
            )
    return found
