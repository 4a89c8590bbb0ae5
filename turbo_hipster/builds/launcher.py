"""The worker's side of the fork server: get a keeper, and speak with it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.builds import containment
from turbo_hipster.builds.messages import Closed, Garbage, Line
from turbo_hipster.builds.order import Order

LOG = logging.getLogger(__name__)
PATIENCE = 30.0
"""Seconds a fork server may take to answer."""


class Launcher:
    """Owns the fork server; safe from several threads.

    A fork server that died is replaced when the next keeper is asked for;
    the keepers it had go on.
    """

    def __init__(self, technique: str, spares: int) -> None:
        self.spares = spares
        self.technique = technique
        self.strength = ""
        self._wanted = technique
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Line | None = None

    def start(self) -> None:
        """Start the fork server now.  Raises ConfigurationError."""
        with self._lock:
            self._start()

    @property
    def pid(self) -> int:
        """The fork server's, 0 when there is none."""
        return self._process.pid if self._process is not None else 0

    def execution(
        self, order: Order, publishers: Sequence[Mapping[str, Any]]
    ) -> Execution:
        """Write the order down and have a keeper carry it out.

        Raises CannotJudge when no keeper can be had, OSError when the order
        cannot be written.
        """

        def written(facts: Mapping[str, Any]) -> Order:
            journal = containment.now_journal(order.build.id, facts["mark"])
            # the build process was forked ahead of time, by its keeper
            journal["started"] = facts["started"]
            return dataclasses.replace(
                order, journal=journal, keeper=facts["pid"]
            )

        return self._hand_over(written, publishers)

    def recovery(
        self, order: Order, publishers: Sequence[Mapping[str, Any]]
    ) -> Execution:
        """Have a lost build published; its journal says what to end first.

        Raises like ``execution``.
        """
        return self._hand_over(
            lambda facts: dataclasses.replace(order, keeper=facts["pid"]),
            publishers,
        )

    def close(self) -> None:
        """Let the fork server end: it waits for its keepers' builds."""
        with self._lock:
            self._drop()

    def wait(self, timeout: float) -> bool:
        """Wait until the fork server is gone."""
        if self._process is None:
            return True
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _hand_over(
        self,
        written: Callable[[Mapping[str, Any]], Order],
        publishers: Sequence[Mapping[str, Any]],
    ) -> Execution:
        """Give an order to a keeper; one that died waiting is passed over."""
        for _ in range(self.spares + 2):
            line, facts = self._keeper()
            order = written(facts)
            try:
                told = order.plain()
                order.write(told)
                line.send({"order": told, "publishers": publishers})
            except Closed as error:
                LOG.warning("keeper %d went away: %s", order.keeper, error)
                line.close()
            except OSError:
                line.close()
                raise
            else:
                return Execution(order, line, order.keeper)
        raise exceptions.CannotJudge("every keeper went away")

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "turbo_hipster.builds.forkserver",
                self._wanted,
            ],
            stdin=theirs.fileno(),
            cwd="/",
        )
        theirs.close()
        ours.settimeout(PATIENCE)
        self._line = Line(ours)
        try:
            hello = self._line.next()
        except (Closed, Garbage, TimeoutError) as error:
            self._process.kill()
            self._process.wait()
            self._drop()
            raise exceptions.CannotJudge(
                f"the fork server did not start: {error}"
            ) from None
        if "failed" in hello:
            self._process.wait()
            self._drop()
            raise exceptions.ConfigurationError(hello["failed"])
        self.technique = hello["technique"]
        self.strength = hello["strength"]

    def _drop(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        if self._line is not None:
            self._line.close()
            self._line = None

    def _keeper(self) -> tuple[Line, dict[str, Any]]:
        with self._lock:
            try:
                if self._line is None:
                    self._start()
                return self._ask()
            except (OSError, Closed) as error:
                LOG.warning("the fork server died (%s); starting one", error)
                self._drop()
            try:
                self._start()
                return self._ask()
            except (OSError, Closed) as error:
                self._drop()
                raise exceptions.CannotJudge(
                    f"no keeper could be had: {error}"
                ) from None

    def _ask(self) -> tuple[Line, dict[str, Any]]:
        assert self._line is not None
        self._line.send({"keep": self.spares})
        data, rights, _, _ = socket.recv_fds(self._line.connection, 4096, 1)
        if not data:
            raise Closed("end of file")
        facts = json.loads(data)
        if "failed" in facts:
            raise exceptions.CannotJudge(facts["failed"])
        return Line(socket.socket(fileno=rights[0])), facts


class Execution:
    """A build that a keeper is busy with."""

    def __init__(self, order: Order, line: Line, pid: int) -> None:
        self.order = order
        self.keeper = pid
        self.answer: dict[str, Any] | None = None
        self.lost = False
        self.over = False
        self._line = line
        self._lock = threading.Lock()

    def fileno(self) -> int:
        """Return the descriptor, for a selector."""
        return self._line.fileno()

    def cancel(self, reason: str) -> None:
        """Have it ended; safe from any thread, harmless when it is over."""
        with self._lock, contextlib.suppress(Closed):
            self._line.send({"cancel": reason})

    def receive(self) -> list[dict[str, Any]]:
        """Return what the keeper said since; blocks if there is nothing.

        Sets ``answer`` to the last one, and ``over`` when the keeper is gone;
        ``lost`` then says that it went without one.
        """
        try:
            messages = self._line.receive()
        except (Closed, Garbage):
            self.lost = self.answer is None
            self.over = True
            return []
        for message in messages:
            if "answer" in message:
                self.answer = message["answer"]
        return messages

    def kill(self) -> None:
        """Kill a keeper that does not answer; ``lost`` will be set."""
        if not self.over:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.keeper, signal.SIGKILL)

    def close(self) -> None:
        """Hang up; a build that runs is ended by that."""
        self._line.close()
