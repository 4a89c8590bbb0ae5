"""All logs of a build: the keeper owns them and fills them from pipes."""

from __future__ import annotations

import array
import fcntl
import os
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from turbo_hipster.builds import logs
from turbo_hipster.builds.loop import Loop, Timer

PIECE = 65536


class Logs:
    """All logs of a build, made when they are first needed."""

    def __init__(
        self, loop: Loop, folder: Path, limit: int, secrets: Sequence[bytes]
    ) -> None:
        self._loop = loop
        self._folder = folder
        self._limit = limit
        self._secrets = secrets
        self._open: dict[str, logs.Log] = {}
        self._timer: Timer | None = None
        self.heard = time.monotonic()

    def __getitem__(self, name: str) -> logs.Log:
        if name not in self._open:
            self._open[name] = logs.Log(
                self._folder / name, limit=self._limit, secrets=self._secrets
            )
        return self._open[name]

    def pump(self, read: int, source: logs.Source) -> bool:
        """Move one piece from a pipe to a log; False at its end."""
        try:
            data = os.read(read, PIECE)
        except BlockingIOError:
            return True
        if not data:
            return False
        source.feed(data)
        self.heard = time.monotonic()
        self.tick()
        return True

    def drain(self, read: int, source: logs.Source) -> None:
        """Move what is in a pipe now; who writes on is not waited for."""
        size = array.array("i", [0])
        fcntl.ioctl(read, termios.FIONREAD, size)
        while size[0] > 0:
            data = os.read(read, min(size[0], PIECE))
            size[0] -= len(data)
            source.feed(data)
        source.finish()

    def tick(self) -> None:
        """Let the logs release what they hold, now and when it is time."""
        waits = [log.tick() for log in self._open.values()]
        due = min((wait for wait in waits if wait is not None), default=None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if due is not None:
            self._timer = self._loop.after(due, self.tick)

    def close(self) -> dict[str, logs.LogEnd]:
        """Finish all; returns how each ended."""
        if self._timer is not None:
            self._timer.cancel()
        return {name: log.close() for name, log in self._open.items()}
