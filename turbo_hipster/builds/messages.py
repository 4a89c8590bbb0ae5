"""Plain values over a socket: one JSON text a line.

Used between the worker and a keeper, and between a build process and its
keeper.  The other side may be foreign code: what is no JSON object, or longer
than ``LONGEST``, is ``Garbage``, never an exception of another kind.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
from typing import Any

LONGEST = 64 * 2**20
"""Most bytes of one message; a whole environment fits many times."""

PIECE = 256 * 1024

PATIENCE = 30.0
"""Seconds that a peer may take to make room for more."""


class Garbage(Exception):
    """The peer sent something that is no message."""


class Closed(Exception):
    """The peer is gone; nothing more will come."""


class Line:
    """One end of a stream socket that carries messages.

    Not safe from several threads, but ``send`` and ``receive`` may be called
    from two.  ``patience``: seconds that ``send`` waits for a peer that does
    not read; then the line is of no use any more, and shut.
    """

    def __init__(
        self, connection: socket.socket, patience: float = PATIENCE
    ) -> None:
        self.connection = connection
        self.patience = patience
        self._pending = bytearray()
        self._early: list[dict[str, Any]] = []

    def fileno(self) -> int:
        """Return the descriptor, for a selector."""
        return self.connection.fileno()

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    @property
    def early(self) -> bool:
        """Whether messages are here that no selector will tell of."""
        return bool(self._early)

    def send(self, message: dict[str, Any]) -> None:
        """Send all of a message, waiting as needed.  Raises Closed."""
        data = json.dumps(message).encode() + b"\n"
        view = memoryview(data)
        while view:
            try:
                view = view[self.connection.send(view, socket.MSG_NOSIGNAL) :]
            except BlockingIOError:
                self._await_room()
            except OSError as error:
                raise Closed(str(error)) from None

    def _await_room(self) -> None:
        room = select.poll()
        room.register(self.connection, select.POLLOUT)
        if not room.poll(self.patience * 1000):
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            raise Closed("it does not read what it is sent")

    def receive(self) -> list[dict[str, Any]]:
        """Return what ``next`` left, or read once: the complete messages.

        Blocks if the socket does.  Raises Closed, Garbage, and TimeoutError
        where the socket has a timeout.
        """
        if self._early:
            early, self._early = self._early, []
            return early
        try:
            data = self.connection.recv(PIECE)
        except BlockingIOError:
            return []
        except TimeoutError:
            raise
        except OSError as error:
            raise Closed(str(error)) from None
        if not data:
            raise Closed("end of file")
        self._pending += data
        if b"\n" not in data:
            if len(self._pending) > LONGEST:
                raise Garbage("a message has no end")
            return []
        *lines, rest = self._pending.split(b"\n")
        self._pending = bytearray(rest)
        return [_parse(bytes(line)) for line in lines]

    def next(self) -> dict[str, Any]:
        """Wait for one message; those that came with it are kept."""
        while not self._early:
            self._early = self.receive()
        return self._early.pop(0)


def _parse(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise Garbage(f"not a message: {line[:80]!r}") from None
    if not isinstance(message, dict):
        raise Garbage(f"not an object: {line[:80]!r}")
    return message
