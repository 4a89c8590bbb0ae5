"""A private server: one process, one build, one room."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from turbo_hipster.exceptions import CannotJudge, CommandFailed
from turbo_hipster.task import Running, TaskContext
from turbo_hipster_databases import disks
from turbo_hipster_databases.engine import LOG_TAIL, Engine
from turbo_hipster_databases.exceptions import ServerFailed
from turbo_hipster_databases.model import Body, Release
from turbo_hipster_databases.servers.instance import Instance
from turbo_hipster_databases.servers.launching import REFUSED
from turbo_hipster_databases.servers.room import Room
from turbo_hipster_databases.snapshots import overlay

LOOK = 0.003
"""Seconds between two tries to reach a server that is starting."""

STARTING = 120.0
"""Seconds that a server may take to answer its first query."""

CLOSING = 600.0
"""Seconds that a clean shutdown may take: all of the cache is written."""

DYING = 2.0
"""Seconds for a server to end what it started, before it is killed."""

LOG = "database_servers.log"


class MountRefused(ServerFailed):
    """Nothing can be mounted here."""


class PrivateServer(Instance):
    """A server on a body; ``start`` it, and ``stop`` it in the end.

    Safe from several threads.
    """

    def __init__(
        self,
        context: TaskContext,
        engine: Engine,
        release: Release,
        body: Body,
        room: Room,
        gone: Callable[[PrivateServer], None],
    ) -> None:
        super().__init__(context, engine, release, body, gone)
        self.room = room
        self._lock = threading.Lock()
        self._running: Running | None = None
        self._process = -1

    def __str__(self) -> str:
        return f"the server of {self.release}"

    def start(self, memory: int) -> None:
        """Start it and wait for the answer to a first query.

        Raises ServerFailed or DiskFull with the end of its log; nothing is
        left then.
        """
        room = self.room
        argv = self.engine.argv(
            self.release,
            room.seen(self.body.path),
            room.own_sockets,
            memory,
        )
        overlays = []
        if self.body.lower:
            overlays.append((self.body.path, overlay.options(self.body)))
        try:
            self._running = self.context.start(
                room.launched(argv, overlays),
                cwd=room.folder,
                env=room.environment(),
                log=LOG,
            )
            with contextlib.suppress(ProcessLookupError):
                self._process = os.pidfd_open(self._running.pid)
            self._await_answer()
        except BaseException:
            self.stop()
            raise

    def _await_answer(self) -> None:
        deadline = time.monotonic() + STARTING
        while True:
            try:
                connection = self.connect()
                break
            except OSError as error:
                reason = str(error)
            if not self.alive(LOOK):
                raise self._ended_early()
            if time.monotonic() > deadline:
                raise self._failed(
                    f"did not answer within {STARTING:.0f} s: {reason}"
                )
        try:
            cursor = connection.cursor()
            cursor.execute("SELECT 1")
            cursor.fetchall()
        finally:
            connection.close()

    def _ended_early(self) -> CannotJudge:
        assert self._running is not None
        ended = self._running.wait()
        status = ended.status if ended else "unknown"
        if status == REFUSED:
            return MountRefused(self.log_tail())
        return self._failed(f"ended before it was ready (status {status})")

    def _failed(self, what: str) -> CannotJudge:
        tail = self.log_tail() or "it is empty"
        told = f"{self} {what}. The end of its log:\n{tail}"
        if disks.SAID.search(tail):
            return disks.full(self.room.folder, told)
        return ServerFailed(told)

    def url(self, scheme: str = "") -> str:
        """Return the SQLAlchemy URL, for one of the engine's ``drivers``."""
        return self.engine.url(self.body.path, self.room.sockets, scheme)

    def connect(self) -> Any:
        """Return a new DB-API connection in autocommit mode.

        Raises OSError when there is no server any more.
        """
        return self.engine.connect(self.body.path, self.room.sockets)

    def data(self) -> Path:
        """Return its data directory, as seen from outside.

        An overlay is mounted for the server alone, and seen by way of it.
        """
        if not self.body.lower or self._running is None:
            return self.body.path
        inside = self.room.seen(self.body.path).relative_to("/")
        return Path(f"/proc/{self._running.pid}/root") / inside

    def alive(self, seconds: float = 0) -> bool:
        """Say whether it still runs, after ``seconds`` at most."""
        process = self._process
        if process < 0:
            return False
        poll = select.poll()
        poll.register(process, select.POLLIN)
        return not poll.poll(seconds * 1000)

    def log_tail(self, most: int = LOG_TAIL) -> str:
        """Return the end of its log, of so many characters at most."""
        with contextlib.suppress(FileNotFoundError):
            return self.room.log_tail(most)
        return ""

    def stop(self, *, clean: bool = False) -> None:
        """End it; ``clean`` shuts down so that the data can be kept.

        Without ``clean`` its data are removed.  May be called again.  Raises
        ServerFailed when it does not shut down cleanly.
        """
        with self._lock:
            if clean:
                self._close()
                return
            try:
                self._kill()
            finally:
                self._let_go()
            if not self._removed:
                self._removed = True
                self.room.remove()
                self._gone(self)

    def _close(self) -> None:
        if self._process < 0 or self._running is None:
            return
        if not self.alive():
            raise self._failed("ended before it was shut down")
        self._signal(self.engine.closing_signal)
        if self.alive(CLOSING):
            raise self._failed(f"did not shut down within {CLOSING:.0f} s")
        ended = self._running.wait()
        self._let_go()
        if ended is None or ended.status != 0 or not self._is_closed():
            status = ended.status if ended else "unknown"
            raise self._failed(f"did not shut down cleanly (status {status})")

    def _is_closed(self) -> bool:
        return self.engine.is_closed(self.body.upper or self.body.path)

    def _kill(self) -> None:
        if self._running is None:
            return
        if self.engine.killing_signal is not signal.SIGKILL:
            self._signal(self.engine.killing_signal)
            self.alive(DYING)
        with contextlib.suppress(CommandFailed):  # it ended with its keeper
            self._running.stop()

    def _signal(self, number: signal.Signals) -> None:
        if self._process >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._process, number)

    def _let_go(self) -> None:
        if self._process >= 0:
            os.close(self._process)
            self._process = -1
