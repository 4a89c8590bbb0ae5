"""What is to be sent: all of it, in order, as the peer reads it.

A send that takes only a part goes on from there; gear begins anew.
"""

from __future__ import annotations

import collections
import contextlib
import select
import socket
import ssl
import time

_READ = 64 * 1024


class Outbox:
    """Bytes that wait to be sent on a non-blocking socket."""

    def __init__(self) -> None:
        self._waiting: collections.deque[memoryview] = collections.deque()
        self.size = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, data: bytes) -> None:
        """Put ``data`` behind what waits already."""
        self._waiting.append(memoryview(data))
        self.size += len(data)

    def clear(self) -> None:
        """Forget all."""
        self._waiting.clear()
        self.size = 0

    def flush(self, made: socket.socket) -> None:
        """Send what the socket takes now; raises OSError if it is broken."""
        waiting = self._waiting
        try:
            while waiting:
                sent = made.send(waiting[0])
                self.size -= sent
                if sent == len(waiting[0]):
                    waiting.popleft()
                else:
                    waiting[0] = waiting[0][sent:]
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return

    def deliver(self, made: socket.socket, deadline: float) -> None:
        """Send the rest and wait until the peer has closed, too.

        A socket that is closed with unread input may take back its output.
        """
        with contextlib.suppress(OSError):
            while self and _ready(made, select.POLLOUT, deadline):
                self.flush(made)
            made.shutdown(socket.SHUT_WR)
            while _ready(made, select.POLLIN, deadline):
                if not made.recv(_READ):
                    return


def _ready(made: socket.socket, events: int, deadline: float) -> bool:
    left = deadline - time.monotonic()
    if left <= 0:
        return False
    poll = select.poll()
    poll.register(made.fileno(), events)
    return bool(poll.poll(left * 1000))
