"""What a build process says to its keeper; not a word of it is trusted."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Callable
from typing import Any

from turbo_hipster.builds.loop import Loop

PIECE = 65536
MOST = 4
"""Descriptors that one piece of news may bring; one is used."""

REST = 1000
"""Most pieces of news that are still read when all processes are gone."""


class Hearing:
    """The keeper's end of the wire.

    ``command`` is given the socket that a command is asked for on, ``runs``
    is called when the task itself begins, ``progress`` is given the name of
    the step, or None, and how many are done of how many.
    """

    def __init__(
        self,
        loop: Loop,
        wire: socket.socket,
        *,
        command: Callable[[socket.socket], None],
        runs: Callable[[], None],
        progress: Callable[[str | None, int, int], None],
    ) -> None:
        self._loop = loop
        self._wire = wire
        self._command = command
        self._runs = runs
        self._progress = progress
        loop.watch(wire, self._hear)

    def close(self) -> None:
        """Hear no more: what was asked for and not heard is not done.

        Progress is: the last step of a build ends just before the build.
        """
        self._loop.unwatch(self._wire)
        self._runs = _nothing
        # Python 3.11's recv_fds forgets to pass flags on
        self._wire.setblocking(False)
        with contextlib.suppress(OSError):
            for _ in range(REST):
                data, descriptors, _, _ = socket.recv_fds(
                    self._wire, PIECE, MOST
                )
                for one in descriptors:
                    os.close(one)
                if not data:
                    break
                self._read(data)
        self._wire.close()

    def _hear(self) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._wire, PIECE, MOST)
        except OSError:
            data, descriptors = b"", []
        for one in descriptors[1:]:
            os.close(one)
        if descriptors:
            self._ask(descriptors[0])
            return
        if not data:
            self._loop.unwatch(self._wire)
            return
        self._read(data)

    def _read(self, data: bytes) -> None:
        with contextlib.suppress(
            ArithmeticError,
            AttributeError,
            KeyError,
            RecursionError,
            TypeError,
            ValueError,
        ):
            self._pass_on(json.loads(data))

    def _ask(self, descriptor: int) -> None:
        try:
            connection = socket.socket(fileno=descriptor)
        except OSError:  # foreign code sent something else
            os.close(descriptor)
        else:
            self._command(connection)

    def _pass_on(self, news: dict[str, Any]) -> None:
        if news.get("phase") == "run":
            self._runs()
        elif "total" in news:
            step = news.get("step")
            self._progress(
                None if step is None else str(step),
                int(news["done"]),
                int(news["total"]),
            )


def _nothing() -> None:
    """Do nothing: no task begins any more."""
