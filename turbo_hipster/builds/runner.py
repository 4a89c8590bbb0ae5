"""A small process around a command that is not alone in its build.

It is forked by the keeper, is the sub-reaper of the command, and ends its
whole tree when the command is over, so that nothing of another command is
touched.  It says in lines what a Tree has to say, and is told ``{"stop":
grace}``.  When the keeper is gone, so is the command.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from turbo_hipster.builds import containment
from turbo_hipster.builds.leaving import leave
from turbo_hipster.builds.loop import Loop
from turbo_hipster.builds.messages import Closed, Garbage, Line
from turbo_hipster.builds.tree import Command, Tree


class Runner:
    """The keeper's end: the same three things as a Tree of its own."""

    def __init__(
        self,
        loop: Loop,
        command: Command,
        news: Callable[[dict[str, Any]], None],
        fork: Callable[[Sequence[int]], int],
    ) -> None:
        self._loop = loop
        self._command = command
        self._news = news
        self._fork = fork
        self.pid = 0

    def start(self, output: int) -> None:
        """Fork the runner, which spawns the command.  Raises OSError."""
        ours, theirs = socket.socketpair()
        self.pid = self._fork([output, theirs.fileno()])
        if self.pid == 0:
            _main(self._command, output, theirs)
        theirs.close()
        self._line = Line(ours)
        self._loop.watch(self._line, self._hear)

    def end(self, grace: float) -> None:
        """End all of the command: TERM, ``grace`` seconds, KILL."""
        with contextlib.suppress(Closed):
            self._line.send({"stop": grace})

    def close(self) -> None:
        """Hang up; a runner that lives ends its command."""
        self._loop.unwatch(self._line)
        self._line.close()

    def _hear(self) -> None:
        try:
            messages = self._line.receive()
        except (Closed, Garbage):
            messages = [{"failed": "its runner was killed"}]
        for message in messages:
            if "started" not in message:
                self.close()
            self._news(message)


def _main(command: Command, output: int, keeper: socket.socket) -> NoReturn:
    """Run a command in this freshly forked process; never returns."""
    try:
        containment.become_subreaper()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it outlives its own
        with contextlib.suppress(Closed):
            _Process(command, Line(keeper)).run(output)
    finally:
        leave(0)


class _Process:
    def __init__(self, command: Command, line: Line) -> None:
        self._line = line
        self._loop = Loop()
        self._over = False
        self._tree = Tree(self._loop, command, self._tell)

    def run(self, output: int) -> None:
        self._tree.start(output)
        os.close(output)
        self._loop.watch(self._line, self._told)
        self._loop.turn_until(lambda: self._over)

    def _tell(self, message: dict[str, Any]) -> None:
        self._over = "started" not in message
        self._line.send(message)

    def _told(self) -> None:
        try:
            messages = self._line.receive()
        except (Closed, Garbage):
            self._tree.kill()
            os._exit(72)
        for message in messages:
            self._tree.end(float(message.get("stop", 0)))
