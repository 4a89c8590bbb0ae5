"""One connection of a client that may be slow, wordy or hostile."""

from __future__ import annotations

import select
import socket

from turbo_hipster.watching import http

PIECE = 4096
MOST_IGNORED = 64 * 1024
"""Bytes of a body that are read and thrown away."""


class Guest:
    """Reads a request, sends the answer, and sees the client off.

    ``deadline`` is on the monotonic clock; whoever owns the guest shows it
    out then.
    """

    def __init__(
        self, connection: socket.socket, pages: http.Pages, deadline: float
    ) -> None:
        self.deadline = deadline
        self.over = False
        self._connection = connection
        self._pages = pages
        self._received = b""
        self._out = b""
        self._answered = False
        self._ignored = 0
        connection.setblocking(False)

    def fileno(self) -> int:
        """Return the descriptor, for poll."""
        return self._connection.fileno()

    @property
    def events(self) -> int:
        """What is waited for."""
        return select.POLLOUT if self._out else select.POLLIN

    def serve(self) -> None:
        """Go on as far as it goes without waiting."""
        try:
            if self._out:
                self._send()
            elif self._answered:
                self._ignore()
            else:
                self._read()
        except BlockingIOError:
            pass
        except OSError:
            self.over = True

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _read(self) -> None:
        data = self._connection.recv(PIECE)
        self._received += data
        if not data:
            self.over = True
            return
        answer = http.answer(self._received, self._pages)
        if answer is not None:
            self._answered = True
            self._received = b""
            self._out = answer
            self._send()

    def _send(self) -> None:
        self._out = self._out[self._connection.send(self._out) :]
        if not self._out:
            # to close with something unread would take the answer away
            self._connection.shutdown(socket.SHUT_WR)

    def _ignore(self) -> None:
        data = self._connection.recv(PIECE)
        self._ignored += len(data)
        self.over = not data or self._ignored > MOST_IGNORED
