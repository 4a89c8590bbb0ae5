"""One attempt to reach a server: look it up, connect, greet it with TLS.

Nothing here blocks.  Each stage has its own limit, so a server in a black
hole costs its own attempt and no time of anybody else's.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import ssl
import time
from collections.abc import Callable

from turbo_hipster import exceptions
from turbo_hipster.gearman import lookup, tls

Server = tuple[str, int]
"""Host and port."""

LOOKUP_LIMIT = 10.0
CONNECT_LIMIT = 1.8
"""Seconds for one address; a server that is back is seen within 3 s."""
GREETING_LIMIT = 4.0

KEEPALIVE_IDLE, KEEPALIVE_INTERVAL, KEEPALIVE_COUNT = 30, 10, 3
UNACKNOWLEDGED_LIMIT = 30_000
"""Milliseconds that sent data may stay unacknowledged (TCP_USER_TIMEOUT)."""


class Unreachable(exceptions.TurboHipsterError):
    """All addresses of a server were tried; the text is the last reason."""


class Dial:
    """The way from a server's name to a socket that can be spoken on.

    Call ``proceed`` when ``fileno()`` is ready for ``events``, or when
    ``deadline`` has passed.
    """

    def __init__(self, server: Server, context: ssl.SSLContext | None) -> None:
        self._server = server
        self._context = context
        self._todo: list[lookup.Address] = []
        self._lookup: lookup.Lookup | None = None
        self._socket: socket.socket | None = None
        self._reason = "it has no address"
        self._step: Callable[[float], socket.socket | None] = self._begin
        self.deadline = time.monotonic()
        self.events = 0

    def fileno(self) -> int:
        """Return the descriptor to wait for, or -1."""
        if self._lookup is not None:
            return self._lookup.fileno()
        return -1 if self._socket is None else self._socket.fileno()

    def proceed(self, now: float) -> socket.socket | None:
        """Go on; return the socket when the server is reached.

        Raises Unreachable; the attempt is over then.
        """
        return self._step(now)

    def close(self) -> None:
        """Give up."""
        if self._lookup is not None:
            self._lookup.close()
            self._lookup = None
        self._hang_up()

    def _begin(self, now: float) -> socket.socket | None:
        self._todo = lookup.literal(*self._server)
        if self._todo:
            return self._connect(now)
        self._lookup = lookup.Lookup(*self._server)
        self.events = select.POLLIN
        self.deadline = now + LOOKUP_LIMIT
        self._step = self._looked_up
        return None

    def _looked_up(self, now: float) -> socket.socket | None:
        asked = self._lookup
        if asked is None:
            return None
        if not (asked.addresses or asked.error):
            if now < self.deadline:
                return None
            asked.error = "the name server does not answer"
        self._todo, self._reason = list(asked.addresses), asked.error
        asked.close()
        self._lookup = None
        return self._connect(now)

    def _connect(self, now: float) -> socket.socket | None:
        self._hang_up()
        while self._todo:
            family, address = self._todo.pop(0)
            try:
                made = socket.socket(family, socket.SOCK_STREAM)
            except OSError as error:
                self._reason = str(error)
                continue
            self._socket = made
            try:
                tune(made)
                code = made.connect_ex(address)
            except (OSError, OverflowError) as error:
                self._reason = str(error)
            else:
                if code in (0, errno.EINPROGRESS):
                    self.events = select.POLLOUT
                    self.deadline = now + CONNECT_LIMIT
                    self._step = self._connected
                    return None
                self._reason = os.strerror(code)
            self._hang_up()
        raise Unreachable(self._reason)

    def _connected(self, now: float) -> socket.socket | None:
        made = self._socket
        if made is None:
            return None
        code = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self._reason = os.strerror(code)
            return self._connect(now)
        try:
            peer = made.getpeername()
        except OSError:
            if now < self.deadline:
                return None
            self._reason = f"no answer within {CONNECT_LIMIT} seconds"
            return self._connect(now)
        if peer == made.getsockname():
            # nobody listens there, and TCP met itself on a port of its own
            self._reason = os.strerror(errno.ECONNREFUSED)
            return self._connect(now)
        if self._context is None:
            return self._reached()
        try:
            self._socket = self._context.wrap_socket(
                made,
                server_hostname=self._server[0],
                do_handshake_on_connect=False,
            )
        except (OSError, ValueError) as error:
            self._reason = f"TLS failed: {error}"
            return self._connect(now)
        self.deadline = now + GREETING_LIMIT
        self._step = self._greet
        return self._greet(now)

    def _greet(self, now: float) -> socket.socket | None:
        made = self._socket
        if not isinstance(made, ssl.SSLSocket):
            return None
        try:
            made.do_handshake()
        except ssl.SSLWantReadError:
            self.events = select.POLLIN
        except ssl.SSLWantWriteError:
            self.events = select.POLLOUT
        except OSError as error:
            self._reason = tls.explain(error)
            return self._connect(now)
        else:
            return self._reached()
        if now < self.deadline:
            return None
        self._reason = (
            f"it did not answer the TLS greeting within {GREETING_LIMIT} "
            "seconds: it speaks plain text, or is busy"
        )
        return self._connect(now)

    def _reached(self) -> socket.socket | None:
        made, self._socket = self._socket, None
        return made

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def tune(made: socket.socket) -> None:
    """Set what every connection needs: no delay, no block, signs of life."""
    made.setblocking(False)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        (socket.TCP_KEEPIDLE, KEEPALIVE_IDLE),
        (socket.TCP_KEEPINTVL, KEEPALIVE_INTERVAL),
        (socket.TCP_KEEPCNT, KEEPALIVE_COUNT),
        (socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_LIMIT),
    ):
        made.setsockopt(socket.IPPROTO_TCP, option, value)
