"""The keeper's side of a build's commands.

Each command has a pipe that its output comes through, and a socket on which
the build process asked for it and waits for the answer.  The first one is a
tree of the keeper's own; what is asked for meanwhile gets a runner each.
"""

from __future__ import annotations

import contextlib
import gc
import os
import socket
from collections.abc import Collection, Sequence
from typing import Any

from turbo_hipster.builds.containment import Technique
from turbo_hipster.builds.descriptors import close_all_but
from turbo_hipster.builds.leaving import leave
from turbo_hipster.builds.logbook import Logs
from turbo_hipster.builds.loop import Loop
from turbo_hipster.builds.messages import Closed, Garbage, Line
from turbo_hipster.builds.runner import Runner
from turbo_hipster.builds.running import Means, News, Running
from turbo_hipster.builds.tree import Command, Tree

MOST = 200
"""Commands of one build at a time; each costs us three descriptors."""

PATIENCE = 1.0
"""Seconds that we wait for who asked and does not read the answer."""

FAILED = 70
"""Exit status of a child that could not join the build; EX_SOFTWARE."""


class Commands:
    """The commands of a build that run now."""

    def __init__(
        self,
        loop: Loop,
        logs: Logs,
        technique: Technique,
        grace: float,
        heartbeat: float,
        others: Collection[int],
    ) -> None:
        self._loop = loop
        self._means = Means(loop, logs, grace, heartbeat, self._tree)
        self._technique = technique
        self._others = others
        self._running: set[Running] = set()
        self._asked: set[Line] = set()

    def _tree(self, command: Command, news: News) -> Tree | Runner:
        """Return what runs a command: ourselves, or a runner."""
        if any(isinstance(one.tree, Tree) for one in self._running):
            return Runner(
                self._loop,
                command,
                news,
                lambda keep: fork(self._technique, keep),
            )
        return Tree(self._loop, command, news, self._not_its_own)

    def _not_its_own(self) -> list[int]:
        """Return the children that are not of our own tree."""
        runners = [
            one.tree.pid
            for one in self._running
            if isinstance(one.tree, Runner)
        ]
        return [*self._others, *runners]

    def ask(self, connection: socket.socket) -> None:
        """A build process handed us a socket: a request comes on it.

        It is not waited for: who asks may be foreign code.
        """
        if len(self._running) + len(self._asked) >= MOST:
            connection.close()
            return
        connection.setblocking(False)
        asked = Line(connection, PATIENCE)
        self._asked.add(asked)
        self._loop.watch(asked, lambda: self._hear(asked))

    def _hear(self, asked: Line) -> None:
        try:
            requests = asked.receive()
        except (Closed, Garbage):
            self._forget(asked)
            asked.close()
            return
        if requests:
            self._forget(asked)
            self._start(asked, requests[0])

    def _start(self, asked: Line, request: dict[str, Any]) -> None:
        try:
            running = Running(self._means, asked, request, self._end)
        except (
            ArithmeticError,
            AttributeError,
            KeyError,
            OSError,
            TypeError,
            ValueError,
        ) as error:
            with contextlib.suppress(Closed):
                asked.send({"failed": f"this is no command: {error!r}"})
            self._loop.unwatch(asked)
            asked.close()
            return
        self._running.add(running)
        try:
            running.start()
        except OSError as error:
            running.fail(f"no runner could be had: {error}")

    def _forget(self, asked: Line) -> None:
        self._asked.discard(asked)
        self._loop.unwatch(asked)

    def settle(self) -> None:
        """Collect the last words of what the end of the build ended."""
        for asked in list(self._asked):
            self._forget(asked)
            asked.close()
        for running in list(self._running):
            running.settle()

    def _end(self, running: Running) -> None:
        self._running.discard(running)


def fork(technique: Technique, keep: Sequence[int]) -> int:
    """Fork a child of the build that has only the descriptors named."""
    pid = os.fork()
    if pid == 0:
        gc.disable()
        try:
            close_all_but(keep)
            technique.join()
        except OSError:
            leave(FAILED)
    return pid
