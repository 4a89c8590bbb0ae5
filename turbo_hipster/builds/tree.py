"""A command and all that it starts, from its spawn to the proof of its end.

Whoever holds a Tree is a sub-reaper, and every child it does not ``keep`` is
the command's or was left by it.  So a keeper holds one tree at a time, and a
runner exists for each further one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import signal
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from turbo_hipster.builds import containment
from turbo_hipster.builds.containment import proc
from turbo_hipster.builds.loop import Loop, Timer

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


class Tree:
    """Run one command on a loop; ``news`` is told what becomes of it.

    First ``{"started": pid}`` or ``{"failed": text}``, then ``{"status": n,
    "seconds": s, "timed_out": flag, "left": []}`` when nothing of it is
    left.  ``keep`` returns the children that are none of its business.
    """

    def __init__(
        self,
        loop: Loop,
        command: Command,
        news: Callable[[dict[str, Any]], None],
        keep: Callable[[], Collection[int]] = tuple,
    ) -> None:
        self._loop = loop
        self._command = command
        self._news = news
        self._keep = keep
        self._timer: Timer | None = None
        self._pid = 0
        self._timed_out = False
        self._ending = False

    def start(self, output: int) -> None:
        """Spawn it; what it prints goes to the descriptor ``output``."""
        self._began = time.monotonic()
        try:
            os.chdir(self._command.cwd)
            self._pid = self._spawn(output)
        except (OSError, ValueError, LookupError) as error:
            self._news({"failed": _explain(error, self._command)})
            return
        finally:
            os.chdir("/")
        self._loop.child(self._pid, self._ended)
        if self._command.timeout is not None:
            self._timer = self._loop.after(
                self._command.timeout, self._too_long
            )
        self._news({"started": self._pid})

    def end(self, grace: float) -> None:
        """End all of it: TERM, ``grace`` seconds, KILL."""
        if self._ending:
            return
        self._ending = True
        for pid in self._all():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
                os.kill(pid, signal.SIGCONT)
        self._again(grace, self._kill)

    def close(self) -> None:
        """Say nothing more; for when it is gone by other hands."""
        self._loop.forget(self._pid)
        if self._timer is not None:
            self._timer.cancel()

    def kill(self) -> None:
        """Kill all of it now, without a word."""
        containment.kill_children(
            time.monotonic() + LAST_EFFORT, keep=self._keep()
        )

    def _all(self) -> list[int]:
        """Return its processes, as far as they can be seen."""
        keep = set(self._keep())
        tops = [pid for pid in proc.children(os.getpid()) if pid not in keep]
        return [pid for top in tops for pid in (top, *proc.children_tree(top))]

    def _ended(self, status: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        seconds = time.monotonic() - self._began
        left = containment.kill_children(
            time.monotonic() + LAST_EFFORT, keep=self._keep()
        )
        self._news(
            {
                "status": os.waitstatus_to_exitcode(status),
                "seconds": seconds,
                "timed_out": self._timed_out,
                "left": [str(one) for one in left],
            }
        )

    def _too_long(self) -> None:
        self._timed_out = True
        self.end(self._command.grace)

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def _again(self, seconds: float, action: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.after(seconds, action)

    def _spawn(self, output: int) -> int:
        program = self._command.program()
        if self._command.user:
            return self._spawn_as(program, output)
        return os.posix_spawn(
            program,
            list(self._command.argv),
            self._command.env,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, output, 1),
                (os.POSIX_SPAWN_DUP2, output, 2),
            ],
            setsid=True,
            setsigmask=[],
            setsigdef=DEFAULT_SIGNALS,
        )

    def _spawn_as(self, program: str, output: int) -> int:
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
                containment.drop_privileges(self._command.user, parent)
                argv = list(self._command.argv)
                os.execve(program, argv, self._command.env)  # noqa: S606
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


def _explain(error: Exception, command: Command) -> str:
    name = command.argv[0]
    if isinstance(error, FileNotFoundError) and error.errno is None:
        return str(error)
    reason: Any = getattr(error, "strerror", None) or error
    return f"{name!r} could not be started in {command.cwd}: {reason}"
