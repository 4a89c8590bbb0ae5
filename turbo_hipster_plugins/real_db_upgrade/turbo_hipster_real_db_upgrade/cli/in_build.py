"""Private servers at a desk: a command does its work as a build would."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

from oslo_config import cfg

from turbo_hipster import model
from turbo_hipster.command import Command, Lister
from turbo_hipster.task import Task, TaskContext
from turbo_hipster.testing import run_task
from turbo_hipster_databases.servers.fleet import Servers

MEMORY = 256 * 2**20
"""Bytes of cache of a server."""

Answer = TypeVar("Answer")


def in_build(
    command: Command | Lister,
    do: Callable[[Servers, SimpleNamespace], Answer],
    *,
    options: Sequence[cfg.Opt] = (),
    raw: Mapping[str, str | Sequence[str]] | None = None,
    repository: Path | None = None,
) -> Answer:
    """Call ``do`` with servers of its own, and with typed ``options``.

    Everything is removed afterwards, but what the state directory of the
    configuration keeps; where there is none that we may write to, nothing
    is kept.  ``repository`` is checked out first.
    """
    answers: list[Answer] = []
    given = options

    class Works(Task):
        options = given

        def run(self, context: TaskContext) -> model.Result:
            user = getattr(self.settings, "server_user", "")
            with Servers(context, server_user=user, memory=MEMORY) as servers:
                answers.append(do(servers, self.settings))
            return model.Result.success()

    with _state(command.settings().state_dir) as state:
        run_task(
            Works,
            raw or {},
            project=repository,
            state_dir=state / "plugins" / "real_db_upgrade",
        )
    return answers[0]


@contextlib.contextmanager
def _state(folder: Path) -> Iterator[Path]:
    """Lend the state directory, with temporary files on the same disk."""
    with contextlib.ExitStack() as ends:
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            made = tempfile.TemporaryDirectory(prefix="th-dataset-")
            folder = Path(ends.enter_context(made))
        files = folder / "tmp"
        files.mkdir(exist_ok=True)
        before, tempfile.tempdir = tempfile.tempdir, str(files)
        try:
            yield folder
        finally:
            tempfile.tempdir = before
