"""Commands of the project as steps: for tools that are only a command line.

There is no hook between their statements, so they are killed by time.
"""

from __future__ import annotations

import contextlib
import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from turbo_hipster.task import Exit, TaskContext
from turbo_hipster_databases import disks, home
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import HistoryBroken, StepperLost
from turbo_hipster_databases.migration_tool import Project
from turbo_hipster_databases.model import Direction, Failure, Migration, Ran
from turbo_hipster_databases.servers.launching import REFUSED, launched
from turbo_hipster_databases.stepping import surroundings
from turbo_hipster_databases.stepping.walker import how, last

ANSWER = 300.0
"""Seconds for a command that only says something."""

WITHOUT_STDIN = ("EOFError", "EOF when reading a line")
"""What the asking of a question leaves in the output."""

NOTHING = ("", "none", "base", "0")
"""What commands print for the version of an empty database."""


class Commands:
    """Runs shell commands with what the project's processes are given."""

    def __init__(
        self, context: TaskContext, project: Project, server: Server
    ) -> None:
        self._context = context
        self._project = project
        self._server = server
        url = surroundings.url(project, server)
        self._environ = surroundings.variables(project, url)
        self._room = home.room(context)

    def said(self, command: str) -> str:
        """Return what a command prints; raises HistoryBroken."""
        file = self._room / "said"
        ended = self._run(command, ANSWER, output=file)
        if ended is None:
            raise HistoryBroken(
                "hang", f"{command!r} did not end within {ANSWER:g} s"
            )
        if ended.status:
            raise HistoryBroken(
                "other",
                f"{command!r} ended {how(ended.status)}: {last(ended.tail)}",
            )
        return file.read_text(encoding="utf-8", errors="replace")

    def step(
        self,
        migration: Migration,
        direction: Direction,
        command: str,
        kill_at: float | None,
        timeout: float | None,
    ) -> Ran:
        """Run a command that is a step."""
        limits = [one for one in (kill_at, timeout) if one is not None]
        limit = min(limits, default=None)
        ended = self._run(command, limit)
        if ended is None and limit == kill_at:
            return Ran(migration, direction, limit or 0.0, died=True)
        if ended is None:
            failure = Failure(
                f"{command!r} did not end within {limit:g} s and was killed",
                kind="hang",
            )
            return Ran(migration, direction, limit or 0.0, failure=failure)
        failed = _failure(command, ended)
        if failed is not None and disks.noticed_by(failed, self._server):
            raise disks.full(
                self._server.body.path,
                f"{migration.revision} was not judged, {failed.message}",
            )
        return Ran(migration, direction, ended.seconds, failure=failed)

    def differences(self, command: str | None) -> tuple[str, ...] | None:
        """Run a command that fails when models and migrations differ."""
        if not command:
            return None
        ended = self._run(command, ANSWER)
        if ended is None or ended.status == 0:
            return () if ended else (f"{command!r} did not end",)
        return tuple(ended.tail.strip().splitlines()[-50:])

    def close(self) -> None:
        """Remove what the commands left with us."""
        shutil.rmtree(self._room, ignore_errors=True)

    def _run(
        self, command: str, limit: float | None, output: Path | None = None
    ) -> Exit | None:
        """Return how a command ended; None: it was killed at the limit."""
        if output is not None:
            command = f"{{ {command}\n}} > {shlex.quote(str(output))}"
        running = self._context.start(
            launched(
                ["/bin/sh", "-c", command], network=self._project.network
            ),
            cwd=self._project.checkout,
            env=self._environ,
        )
        try:
            ended = running.wait(limit)
        finally:
            left = running.stop()  # what it left running goes with it
        if ended is not None and ended.status == REFUSED:
            raise StepperLost(
                "a process without network cannot be had here: "
                + last(left.tail)
            )
        return ended


class CommandLine:
    """What steppers have in common whose tool is a command line.

    The ``tool_options`` hold the templates of its commands.
    """

    def __init__(self, commands: Commands, options: Mapping[str, str]) -> None:
        self._commands = commands
        self._options = options
        self._at: tuple[str, ...] = ()

    @classmethod
    @contextlib.contextmanager
    def opened(
        cls, context: TaskContext, project: Project, server: Server
    ) -> Iterator[Self]:
        """Open one on the server's database."""
        commands = Commands(context, project, server)
        try:
            yield cls(commands, project.options)
        finally:
            commands.close()

    def version(self) -> list[str] | None:
        """Return the first words of what the version command prints.

        None where the job names no such command.
        """
        template = self._options.get("version")
        if not template:
            return None
        lines = self._commands.said(template).splitlines()
        return [line.split()[0] for line in lines if line.strip()]

    def differences(self) -> tuple[str, ...] | None:
        """Return what the check command prints when it fails."""
        return self._commands.differences(self._options.get("check"))

    def close(self) -> None:
        """Nothing lives between two commands."""


def filled(template: str, words: Mapping[str, str]) -> str:
    """Return a command with ``{revision}`` and the like replaced."""
    for name, value in words.items():
        template = template.replace(f"{{{name}}}", shlex.quote(value))
    return template


def _failure(command: str, ended: Exit) -> Failure | None:
    if ended.status == 0:
        return None
    asked = any(words in ended.tail for words in WITHOUT_STDIN)
    return Failure(
        f"{command!r} ended {how(ended.status)}: {last(ended.tail)}",
        kind="prompt" if asked else "command",
        traceback=ended.tail[-8000:],
    )
