"""The contract of a task plugin; it fits on one screen, and stays there.

A task is registered under the entry-point namespace ``turbo_hipster.task``
and named by ``plugin`` in a ``[job:NAME]`` section.  One object lives for
exactly one build, in a process of its own.  Return a Result to judge the
change; raise to say that you could not judge (the client tries again).
"""

from __future__ import annotations

import abc
import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Protocol

from oslo_config import cfg

from turbo_hipster import model


class Exit(NamedTuple):
    """How a command ended.

    ``status`` is the exit status, or minus the number of the signal that
    ended it; ``timed_out`` says that we ended it; ``tail`` is the last 64 KiB
    of its output, redacted.
    """

    status: int
    seconds: float
    timed_out: bool = False
    tail: str = ""


class Running(Protocol):
    """A command that lives until it is stopped or the build ends."""

    pid: int

    def wait(self, timeout: float | None = None) -> Exit | None:
        """Wait for its end, at most ``timeout`` seconds; None: it lives."""

    def stop(self, grace: float = 0) -> Exit:
        """End its whole tree: TERM, ``grace`` seconds, KILL; then verify."""


class Step(Protocol):
    """A step that runs."""

    def fail(self) -> None:
        """Show the step as failed: the change is at fault here."""


class TaskContext(Protocol):
    """What a task may use of the house.  Safe from several threads."""

    build: model.Build
    base: str | None  # commit the change is compared with
    workspace: Path  # the checkout, or the build's own folder without one
    results_dir: Path  # what is left here is published under files/
    state_dir: Path  # the plugin's own folder, outlives builds
    log: logging.Logger  # for the author of the change

    def plan(self, names: Sequence[str]) -> None:
        """Name the steps to come; may be called again."""

    def step(self, name: str) -> AbstractContextManager[Step]:
        """Do a step: timed, shown, counted.

        It is an ERROR when it raises, and fails with a failing finding.
        """

    def checkout(self, ref: str, *, project: str | None = None) -> Path:
        """Lay out a further read-only tree from the same mirror."""

    def execute(
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
        watch: Mapping[str, Path] | None = None,
        log: str = "shell_output.log",
    ) -> Exit:
        """Run a command to its end: captured, time-stamped, tree-killed.

        ``env`` is the whole environment (default: the build's own).
        ``watch`` maps a name to a file whose new lines are shown too.
        """

    def start(
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        log: str = "shell_output.log",
    ) -> Running:
        """Start a command that lives until stopped or the build ends.

        ``user``: the account it runs as, where the worker is root.
        """

    def finding(
        self,
        id: str,
        message: str,
        *,
        severity: model.Severity = model.Severity.FAIL,
        where: Mapping[str, str] | None = None,
        measured: float | str | None = None,
        limit: float | str | None = None,
        limit_source: str = "",
        advice: str = "",
        detail: str = "",
    ) -> model.Finding:
        """Point at something; returns it as the job's rules leave it.

        ``detail`` is shown line by line: a difference, a statement.  What
        the job turned off comes back as a note and is not shown.
        """

    def table(
        self, name: str, rows: Sequence[Mapping[str, Any]], title: str = ""
    ) -> None:
        """Show rows; rows of a table that exists are added to it."""

    def chart(self, chart: model.Chart) -> None:
        """Show a picture."""

    def artefact(self, path: Path, title: str = "") -> None:
        """Give a file in ``results_dir`` a title in the report."""

    def not_checked(self, what: str, why: str) -> None:
        """Say aloud what was not checked."""


class Task(abc.ABC):
    """Judge one change."""

    options: ClassVar[Sequence[cfg.Opt]] = ()
    steps: ClassVar[Sequence[str]] = ()

    @classmethod
    def check(cls, options: Any) -> None:
        """Raise InvalidJob if ``options`` cannot work; called at load."""
        return

    def __init__(self, options: Any) -> None:
        self.settings = options

    @abc.abstractmethod
    def run(self, context: TaskContext) -> model.Result:
        """Judge the change."""
