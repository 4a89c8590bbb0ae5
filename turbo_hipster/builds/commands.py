"""The keeper's side of a build's commands.

Each command has a runner, a pipe that its output comes through, and a socket
on which the build process asked for it and waits for the answer.
"""

from __future__ import annotations

import contextlib
import gc
import os
import re
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from turbo_hipster.builds import logs, runner
from turbo_hipster.builds.containment import Technique
from turbo_hipster.builds.descriptors import close_all_but
from turbo_hipster.builds.leaving import leave
from turbo_hipster.builds.logbook import Logs
from turbo_hipster.builds.loop import Loop, Timer
from turbo_hipster.builds.messages import Closed, Garbage, Line

LOOK = 0.25
"""Seconds between two looks at watched files."""

LOG_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.log")
SHELL_LOG = "shell_output.log"

MOST = 200
"""Commands of one build at a time; each costs us three descriptors."""

PATIENCE = 1.0
"""Seconds that we wait for who asked and does not read the answer."""

FAILED = 70
"""Exit status of a child that could not join the build; EX_SOFTWARE."""


class Running:
    """One command, from the request to the answer."""

    def __init__(
        self,
        commands: Commands,
        asked: Line,
        request: dict[str, Any],
        done: Callable[[Running], None],
    ) -> None:
        self._loop = commands.loop
        self._logs = commands.logs
        self._asked = asked
        self._done = done
        self._answer: dict[str, Any] = {}
        self._timers: dict[str, Timer] = {}
        name = str(request.get("log", SHELL_LOG))
        if not LOG_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a log (NAME.log)")
        if not request["argv"]:
            raise ValueError("there is no word in it")
        command = runner.Command(
            argv=[str(word) for word in request["argv"]],
            cwd=str(request["cwd"]),
            env={str(k): str(v) for k, v in request["env"].items()},
            timeout=_seconds(request.get("timeout")),
            user=str(request.get("user") or ""),
            grace=commands.grace,
        )
        watched = {
            str(word): Path(command.cwd) / str(path)
            for word, path in (request.get("watch") or {}).items()
        }
        self._name = name
        self._log = commands.logs[name]
        self._source = self._log.source("output")
        self._output, write = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._output, False)
        ours, theirs = socket.socketpair()
        self.pid = fork(commands.technique, [write, theirs.fileno()])
        if self.pid == 0:
            runner.main(command, write, theirs)
        os.close(write)
        theirs.close()
        self._runner = Line(ours)
        self._loop.watch(self._output, self._pump)
        self._loop.watch(self._runner, self._hear)
        self._loop.watch(self._asked, self._told)
        self._heard = time.monotonic()
        self._heartbeat = commands.heartbeat
        if self._heartbeat:
            self._again("beat", self._heartbeat, self._beat)
        self._watch(watched)

    def _watch(self, files: dict[str, Path]) -> None:
        self._watched = [
            logs.Watched(path, self._log.source(name))
            for name, path in files.items()
        ]
        if self._watched:
            self._again("look", LOOK, self._look)

    def _look(self) -> None:
        before = self._log.size
        for one in self._watched:
            one.read()
        if self._log.size != before:
            self._heard = self._logs.heard = time.monotonic()
        self._logs.tick()
        self._again("look", LOOK, self._look)

    def _beat(self) -> None:
        """Say that a silent command lives; called when it may be time."""
        every = self._heartbeat
        silent = time.monotonic() - self._heard
        if silent >= every:
            self._log.heartbeat()
            self._heard, silent = time.monotonic(), 0.0
        self._again("beat", every - silent, self._beat)

    def _again(
        self, name: str, seconds: float, action: Callable[[], None]
    ) -> None:
        self._timers[name] = self._loop.after(seconds, action)

    def _pump(self) -> None:
        self._heard = time.monotonic()
        if not self._logs.pump(self._output, self._source):
            self._loop.unwatch(self._output)

    def _hear(self) -> None:
        try:
            messages = self._runner.receive()
        except (Closed, Garbage):
            self._answer = {"failed": "its runner was killed"}
            self._finish()
            return
        for message in messages:
            self._answer = message
            if "started" in message:
                self._reply(message)
            else:
                self._finish()
                return

    def _told(self) -> None:
        try:
            messages = self._asked.receive()
        except (Closed, Garbage):
            self._loop.unwatch(self._asked)  # it lives until the build ends
            return
        for message in messages:
            with contextlib.suppress(Closed):
                self._runner.send({"stop": message.get("stop", 0)})

    def settle(self) -> None:
        """End the books on a command whose processes are gone already."""
        self._answer = {"failed": "the build ended"}
        self._finish()

    def _finish(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._loop.unwatch(self._output)
        self._loop.unwatch(self._runner)
        self._loop.unwatch(self._asked)
        self._logs.drain(self._output, self._source)
        os.close(self._output)
        self._runner.close()
        for one in self._watched:
            one.finish()
        if self._answer.get("timed_out"):
            self._log.timed_out()
        if "status" in self._answer:
            self._answer["tail"] = self._source.tail()
            if self._name == SHELL_LOG:
                self._log.exit_code(self._answer["status"])
        self._reply(self._answer)
        self._asked.close()
        self._done(self)

    def _reply(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(Closed):
            self._asked.send(message)


class Commands:
    """The commands of a build that run now."""

    def __init__(
        self,
        loop: Loop,
        logs_: Logs,
        technique: Technique,
        grace: float,
        heartbeat: float,
    ) -> None:
        self.loop = loop
        self.logs = logs_
        self.grace = grace
        self.heartbeat = heartbeat
        self.technique = technique
        self._running: set[Running] = set()
        self._asked: set[Line] = set()

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
        self.loop.watch(asked, lambda: self._hear(asked))

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
            self._running.add(Running(self, asked, request, self._end))
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
            self.loop.unwatch(asked)
            asked.close()

    def _forget(self, asked: Line) -> None:
        self._asked.discard(asked)
        self.loop.unwatch(asked)

    def settle(self) -> None:
        """Collect the last words of what the end of the build ended."""
        for asked in list(self._asked):
            self._forget(asked)
            asked.close()
        for running in list(self._running):
            running.settle()

    def _end(self, running: Running) -> None:
        self._running.discard(running)


def _seconds(value: Any) -> float | None:
    return None if value is None else float(value)


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
