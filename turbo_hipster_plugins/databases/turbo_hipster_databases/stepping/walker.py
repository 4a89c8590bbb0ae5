"""The walker: the process in the project's interpreter that steps.

It is started once for all steps, told what to do over a socket, and its
standard output and error go to the build's log.
"""

from __future__ import annotations

import contextlib
import math
import shutil
import time
from pathlib import Path
from typing import Any

from turbo_hipster.task import Exit, Running, TaskContext
from turbo_hipster_databases import disks, home
from turbo_hipster_databases.exceptions import StepperLost
from turbo_hipster_databases.migration_tool import Project
from turbo_hipster_databases.servers.launching import REFUSED, launched
from turbo_hipster_databases.stepping import surroundings
from turbo_hipster_databases.stepping.channel import (
    Channel,
    Garbage,
    Listener,
)

PROGRAM = Path(__file__).with_name("inside") / "__main__.py"
STARTING = 120.0
"""Seconds until a process that was started must have connected."""

LOOK = 0.05
LAST_WORDS = 10.0
"""Seconds in which a process that hung up must have ended."""


class Walker:
    """One process at work.

    ``walk`` names the module in ``inside`` that knows the tool.
    """

    def __init__(
        self, context: TaskContext, project: Project, url: str, walk: str
    ) -> None:
        self._room = home.room(context)
        self.stack = self._room / "stack.txt"
        self._channel: Channel | None = None
        self._busy = False  # it was asked and has not answered
        with disks.watched(self._room, "no process can be started"):
            listener = Listener(self._room / "walker.sock")
        try:
            self._running: Running = context.start(
                launched(
                    [str(project.python), str(PROGRAM), str(listener.path)],
                    network=project.network,
                ),
                cwd=project.checkout,
                env=surroundings.variables(project, url),
            )
            try:
                self._channel = self._meet(listener)
            except BaseException:  # also a cancel: it must not live on
                self._running.stop()
                raise
        finally:
            listener.close()
        self._channel.send(
            {
                "walk": walk,
                "checkout": str(project.checkout),
                "options": dict(project.options),
                "url": url,
                "stack": str(self.stack),
            }
        )

    def _meet(self, listener: Listener) -> Channel:
        deadline = time.monotonic() + STARTING
        while time.monotonic() < deadline:
            channel = listener.accept(LOOK)
            if channel is not None:
                return channel
            ended = self._running.wait(0.001)
            if ended is not None:
                if ended.status == REFUSED:
                    raise StepperLost(
                        "a process without network cannot be had here: "
                        + last(ended.tail)
                    )
                raise StepperLost(
                    "the project's interpreter did not start "
                    f"{how(ended.status)}: {last(ended.tail)}"
                )
        raise StepperLost(
            f"the project's interpreter did not answer within {STARTING:g} s"
        )

    @property
    def lives(self) -> bool:
        """Whether it can be asked."""
        return self._channel is not None

    def ask(
        self, request: dict[str, Any], seconds: float | None = None
    ) -> dict[str, Any] | None:
        """Ask, and return the answer; None: it ended instead.

        Raises TimeoutError after ``seconds``, StepperLost when its words
        make no sense.
        """
        if self._channel is None:
            raise StepperLost("the stepping process has ended already")
        deadline = math.inf if seconds is None else time.monotonic() + seconds
        self._busy = True
        self._channel.send(request)
        try:
            answer = self._channel.receive(deadline)
        except Garbage as error:
            self.kill()
            raise StepperLost(
                f"something else wrote on the stepping process's wire: {error}"
            ) from None
        self._busy = False
        return answer

    def more(self) -> dict[str, Any] | None:
        """Return what else it says before it ends; None: nothing."""
        if self._channel is not None:
            with contextlib.suppress(Garbage, TimeoutError):
                return self._channel.receive(time.monotonic() + LAST_WORDS)
        return None

    def ended(self) -> Exit:
        """Return how it ended, once its wire is closed."""
        exit_ = self._running.wait(LAST_WORDS)
        if exit_ is None:  # a child of it lives on, or it hung up and stayed
            exit_ = self._running.stop()
        self._forget()
        return exit_

    def kill(self) -> None:
        """Kill it now, with all its children."""
        self._running.stop()
        self._forget()

    def close(self) -> None:
        """Let it end, and everything that it left.

        It is killed if it has not answered: the build may be cancelled.
        """
        if self._channel is not None and self._busy:
            self.kill()
        elif self._channel is not None:
            self._channel.send({"do": "end"})
            self._forget()
            if self._running.wait(LAST_WORDS) is None:
                self._running.stop()
        shutil.rmtree(self._room, ignore_errors=True)

    def _forget(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None


def how(status: int) -> str:
    """Say how a process ended."""
    if status < 0:
        return f"(signal {-status})"
    return f"(exit status {status})"


def last(tail: str) -> str:
    """Return the last lines of an output."""
    return "\n".join(tail.strip().splitlines()[-10:]) or "it said nothing"
