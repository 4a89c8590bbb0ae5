"""A small process around one command: its parent, its clock, its end.

The runner is forked by the keeper, is the sub-reaper of the command, and
ends its whole tree when the command is over: nothing that a command leaves
behind outlives it, and nothing of another command is touched.  It speaks to
the keeper in lines: ``{"started": pid}`` or ``{"failed": text}``, then
``{"status": n, "seconds": s, "timed_out": flag, "left": []}``; it is told
``{"stop": grace}``.  When the keeper is gone, so is the command.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from turbo_hipster.builds import containment
from turbo_hipster.builds.leaving import leave
from turbo_hipster.builds.loop import Loop
from turbo_hipster.builds.messages import Closed, Garbage, Line

LAST_EFFORT = 5.0
"""Seconds to prove that a killed tree is gone."""

DEFAULT_SIGNALS = (
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGPIPE,
    signal.SIGQUIT,
    signal.SIGTERM,
    signal.SIGCHLD,
    signal.SIGXFSZ,
)


@dataclasses.dataclass(frozen=True)
class Command:
    """What to run.  ``user`` is an account name, or empty for our own."""

    argv: Sequence[str]
    cwd: str
    env: Mapping[str, str]
    timeout: float | None
    user: str
    grace: float

    def program(self) -> str:
        """Return the path to execute.  Raises FileNotFoundError."""
        name = self.argv[0]
        if os.sep in name:
            return str(Path(self.cwd) / name)
        path = self.env.get("PATH", os.defpath)
        found = shutil.which(name, path=path)
        if found is None:
            raise FileNotFoundError(
                f"there is no command {name!r} in PATH={path}"
            )
        return found


def main(command: Command, output: int, keeper: socket.socket) -> NoReturn:
    """Run a command in this freshly forked process; never returns."""
    try:
        with contextlib.suppress(Closed):
            _Runner(command, Line(keeper)).run(output)
    finally:
        leave(0)


class _Runner:
    def __init__(self, command: Command, line: Line) -> None:
        self.command = command
        self.line = line
        self.loop = Loop()
        self.status: int | None = None
        self.timed_out = False
        self.ending = False

    def run(self, output: int) -> None:
        containment.become_subreaper()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it outlives its own
        began = time.monotonic()
        try:
            os.chdir(self.command.cwd)
            self.child = self._spawn(output)
        except (OSError, ValueError, LookupError) as error:
            self.line.send({"failed": _explain(error, self.command)})
            return
        os.close(output)
        self.line.send({"started": self.child})
        self.loop.child(self.child, self._ended)
        self.loop.watch(self.line, self._told)
        if self.command.timeout is not None:
            self.loop.after(self.command.timeout, self._too_long)
        self.loop.turn_until(lambda: self.status is not None)
        seconds = time.monotonic() - began
        left = containment.kill_children(time.monotonic() + LAST_EFFORT)
        self.line.send(
            {
                "status": os.waitstatus_to_exitcode(self.status or 0),
                "seconds": seconds,
                "timed_out": self.timed_out,
                "left": [str(one) for one in left],
            }
        )

    def _spawn(self, output: int) -> int:
        program = self.command.program()
        environment = dict(self.command.env)
        if self.command.user:
            return self._spawn_as(program, output, environment)
        return os.posix_spawn(
            program,
            list(self.command.argv),
            environment,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, output, 1),
                (os.POSIX_SPAWN_DUP2, output, 2),
            ],
            setsid=True,
            setsigmask=[],
            setsigdef=DEFAULT_SIGNALS,
        )

    def _spawn_as(
        self, program: str, output: int, environment: dict[str, str]
    ) -> int:
        """Start as another account; its failures are told by a pipe."""
        read, write = os.pipe2(os.O_CLOEXEC)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                os.setsid()
                null = os.open(os.devnull, os.O_RDONLY)
                for target, source in ((0, null), (1, output), (2, output)):
                    os.dup2(source, target)
                for number in DEFAULT_SIGNALS:
                    signal.signal(number, signal.SIG_DFL)
                containment.drop_privileges(self.command.user, parent)
                argv = list(self.command.argv)
                os.execve(program, argv, environment)  # noqa: S606
            except (OSError, LookupError) as error:
                os.write(write, str(error).encode()[:4096])
            finally:
                os._exit(71)
        os.close(write)
        with os.fdopen(read, "rb") as stream:
            problem = stream.read()
        if problem:
            os.waitpid(pid, 0)
            raise OSError(problem.decode(errors="replace"))
        return pid

    def _ended(self, status: int) -> None:
        self.status = status

    def _told(self) -> None:
        try:
            messages = self.line.receive()
        except (Closed, Garbage):
            containment.kill_children(time.monotonic() + LAST_EFFORT)
            os._exit(72)
        for message in messages:
            self._end(float(message.get("stop", 0)))

    def _too_long(self) -> None:
        self.timed_out = True
        self._end(self.command.grace)

    def _end(self, grace: float) -> None:
        if self.ending:
            return
        self.ending = True
        for pid in containment.children_tree(os.getpid()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
                os.kill(pid, signal.SIGCONT)
        self.loop.after(grace, self._kill)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)


def _explain(error: Exception, command: Command) -> str:
    name = command.argv[0]
    if isinstance(error, FileNotFoundError) and error.errno is None:
        return str(error)
    reason: Any = getattr(error, "strerror", None) or error
    return f"{name!r} could not be started in {command.cwd}: {reason}"
