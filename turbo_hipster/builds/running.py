"""One command of a build, from the request to the answer."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from turbo_hipster.builds import logs
from turbo_hipster.builds.logbook import Logs
from turbo_hipster.builds.loop import Loop, Timer
from turbo_hipster.builds.messages import Closed, Garbage, Line
from turbo_hipster.builds.runner import Runner
from turbo_hipster.builds.tree import Command, Tree

LOOK = 0.25
"""Seconds between two looks at watched files."""

LOG_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.log")
SHELL_LOG = "shell_output.log"

News = Callable[[dict[str, Any]], None]


@dataclasses.dataclass(frozen=True)
class Means:
    """What the commands of a build have in common.

    ``grace`` and ``heartbeat`` are in seconds; ``tree`` returns what runs a
    command and tells the news of it.
    """

    loop: Loop
    logs: Logs
    grace: float
    heartbeat: float
    tree: Callable[[Command, News], Tree | Runner]


class Running:
    """One command, from the request to the answer."""

    def __init__(
        self,
        means: Means,
        asked: Line,
        request: dict[str, Any],
        done: Callable[[Running], None],
    ) -> None:
        self._loop = means.loop
        self._logs = means.logs
        self._asked = asked
        self._done = done
        self._answer: dict[str, Any] = {}
        self._timers: dict[str, Timer] = {}
        name = str(request.get("log", SHELL_LOG))
        if not LOG_NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a log (NAME.log)")
        if not request["argv"]:
            raise ValueError("there is no word in it")
        command = Command(
            argv=[str(word) for word in request["argv"]],
            cwd=str(request["cwd"]),
            env={str(k): str(v) for k, v in request["env"].items()},
            timeout=_seconds(request.get("timeout")),
            user=str(request.get("user") or ""),
            grace=means.grace,
        )
        watched = {
            str(word): Path(command.cwd) / str(path)
            for word, path in (request.get("watch") or {}).items()
        }
        self._name = name
        self._log = means.logs[name]
        self._source = self._log.source("output")
        self._output, write = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._output, False)
        self.tree = means.tree(command, self._hear)
        self._loop.watch(self._output, self._pump)
        self._loop.watch(self._asked, self._told)
        self._heard = time.monotonic()
        self._heartbeat = means.heartbeat
        if self._heartbeat:
            self._again("beat", self._heartbeat, self._beat)
        self._watch(watched)
        self._write = write

    def start(self) -> None:
        """Start it; its end may come before this returns."""
        try:
            self.tree.start(self._write)
        finally:
            os.close(self._write)

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

    def _hear(self, message: dict[str, Any]) -> None:
        self._answer = message
        if "started" in message:
            self._reply(message)
        else:
            self._finish()

    def _told(self) -> None:
        try:
            messages = self._asked.receive()
        except (Closed, Garbage):
            self._loop.unwatch(self._asked)  # it lives until the build ends
            return
        for message in messages:
            self.tree.end(float(message.get("stop", 0)))

    def fail(self, why: str) -> None:
        """Answer that it could not be started."""
        self._hear({"failed": why})

    def settle(self) -> None:
        """End the books on a command whose processes are gone already."""
        self.tree.close()
        self._answer = {"failed": "the build ended"}
        self._finish()

    def _finish(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._loop.unwatch(self._output)
        self._loop.unwatch(self._asked)
        self._logs.drain(self._output, self._source)
        os.close(self._output)
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


def _seconds(value: Any) -> float | None:
    return None if value is None else float(value)
