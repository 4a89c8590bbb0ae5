"""One connection to one server, kept up for as long as it is wanted.

Each time it is up is a session with a number of its own; what belongs to an
older session is over, whatever the server says (geard numbers its handles
from 1 again after a restart).  Nothing blocks, nothing raises into the loop.
"""

from __future__ import annotations

import logging
import random
import select
import socket
import ssl
import time
from typing import Protocol

from turbo_hipster import exceptions
from turbo_hipster.gearman import packets
from turbo_hipster.gearman.dial import Dial, Server, Unreachable
from turbo_hipster.gearman.outbox import Outbox

IDLE = 30.0
"""Seconds of silence after which the server is asked for a sign of life."""
ANSWER_LIMIT = 15.0
"""Seconds it has for the answer."""
LONGEST_DELAY = 1.0
"""Most seconds between two attempts to connect."""
STEADY = 2.0
"""Seconds a session must last before the next attempt is at once again."""
OUT_LIMIT = 64 * 2**20
"""Most bytes that wait for a server that does not read."""

_READ = 64 * 1024
_READS = 32
_PROBE = packets.encode(packets.GET_STATUS, "H:turbo-hipster:alive")

_log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who is told what happens on a link."""

    def opened(self, link: Link) -> None:
        """A new session has begun."""

    def received(self, link: Link, packet: packets.Packet) -> None:
        """A packet came; raise ``packets.Garbled`` if it is nonsense."""

    def lost(self, link: Link) -> None:
        """The session is over."""


class Link:
    """A connection that comes back by itself.

    ``session`` is the number of the present or last session, ``up`` whether
    there is one, ``trouble`` why there is none.  ``loud``: outages are news
    for the operator (one link of a worker per server says it for all).
    """

    def __init__(
        self,
        server: Server,
        context: ssl.SSLContext | None,
        listener: Listener,
        *,
        loud: bool = False,
    ) -> None:
        self.server = server
        self.session = 0
        self.more = False  # decrypted bytes wait that poll does not see
        self.trouble = ""
        self._context = context
        self._listener = listener
        self._level = logging.WARNING if loud else logging.DEBUG
        self._dial: Dial | None = None
        self._socket: socket.socket | None = None
        self._decoder = packets.Decoder()
        self._out = Outbox()
        self._failures = 0
        self._retry_at = 0.0
        self._opened_at = 0.0
        self._heard_at = 0.0
        self._probed_at: float | None = None
        self._closed = False

    def __str__(self) -> str:
        return f"Gearman server {self.server[0]}:{self.server[1]}"

    @property
    def up(self) -> bool:
        """Whether packets can be exchanged."""
        return self._socket is not None

    def alive(self, session: int) -> bool:
        """Whether ``session`` is the present one."""
        return self.up and session == self.session

    def send(self, *requests: bytes) -> None:
        """Send packets, now or as soon as the server reads.

        Raises LostConnection when there is no session; when sending ends
        the session, the listener is told and ``alive`` says so.
        """
        if self._socket is None:
            raise exceptions.LostConnection(f"{self} is away: {self.trouble}")
        self._out.add(b"".join(requests))
        self._flush()
        if self._out.size > OUT_LIMIT:
            self.drop("it does not read what it is sent")

    def probe(self) -> None:
        """Ask for a sign of life: the status of a handle that is nobody's.

        gearmand and geard both answer it, and only after all that was sent
        before.  (An ECHO_REQ is not answered by geard.)
        """
        if self._probed_at is None:
            self._probed_at = time.monotonic()
        self.send(_PROBE)

    def interest(self) -> tuple[int, int]:
        """Return the descriptor and events to wait for; -1: none."""
        if self._socket is not None:
            wanted = select.POLLIN | (select.POLLOUT if self._out else 0)
            return self._socket.fileno(), wanted
        if self._dial is not None:
            return self._dial.fileno(), self._dial.events
        return -1, 0

    def deadline(self) -> float:
        """Return when ``tick`` has something to do."""
        if self._closed:
            return float("inf")
        if self._dial is not None:
            return self._dial.deadline
        if self._socket is None:
            return self._retry_at
        if self._probed_at is not None:
            return self._probed_at + ANSWER_LIMIT
        return self._heard_at + IDLE

    def tick(self, now: float) -> None:
        """Do what is due: connect, ask for a sign of life, give up."""
        if self._closed or now < self.deadline():
            return
        if self._socket is None:
            if self._dial is None:
                self._dial = Dial(self.server, self._context)
            self._proceed(now)
        elif self._probed_at is not None:
            self.drop(f"no sign of life for {ANSWER_LIMIT:.0f} seconds")
        else:
            self.probe()

    def serve(self, events: int) -> None:
        """Use what poll said about the descriptor."""
        if self._dial is not None:
            self._proceed(time.monotonic())
        elif self._socket is not None:
            if self._out:
                self._flush()
            if events & ~select.POLLOUT:
                self._read()

    def drop(self, reason: str) -> None:
        """End the session; a new one is tried after a short while."""
        was_up, now = self.up, time.monotonic()
        self._discard()
        if was_up and now - self._opened_at >= STEADY:
            self._failures = 0
        delay = min(LONGEST_DELAY, 0.05 * 2 ** min(self._failures, 10))
        # many workers lose one server at the same moment
        self._retry_at = now + delay * random.uniform(0.5, 1)  # noqa: S311
        self._failures += 1
        news = was_up or reason != self.trouble
        self.trouble = reason
        _log.log(
            self._level if news else logging.DEBUG,
            "%s is %s: %s",
            self,
            "lost" if was_up else "away",
            reason,
        )
        if was_up:
            self._listener.lost(self)

    def close(self, patience: float = 0.0) -> None:
        """End it for good; nothing is told to the listener.

        With ``patience`` (seconds) the server gets to read all that was sent.
        """
        self._closed = True
        if patience and self._socket is not None:
            self._out.deliver(self._socket, time.monotonic() + patience)
        self._discard()

    def _discard(self) -> None:
        if self._dial is not None:
            self._dial.close()
            self._dial = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._out.clear()
        self._probed_at = None
        self.more = False

    def _proceed(self, now: float) -> None:
        if self._dial is None:
            return
        try:
            made = self._dial.proceed(now)
        except Unreachable as error:
            self.drop(str(error))
            return
        if made is None:
            return
        self._dial = None
        self._socket = made
        self._decoder = packets.Decoder()
        self.session += 1
        self._opened_at = self._heard_at = now
        if self.trouble:
            _log.log(self._level, "%s is back", self)
        else:
            _log.debug("%s is reached", self)
        self._listener.opened(self)

    def _flush(self) -> None:
        if self._socket is None:
            return
        try:
            self._out.flush(self._socket)
        except OSError as error:
            self.drop(_reason(error))

    def _read(self) -> None:
        made, session = self._socket, self.session
        if made is None:
            return
        try:
            for _ in range(_READS):
                data = made.recv(_READ)
                if not data:
                    self.drop("it closed the connection")
                    return
                self._heard_at = time.monotonic()
                self._probed_at = None
                for packet in self._decoder.feed(data):
                    self._listener.received(self, packet)
                    if not self.alive(session):
                        return
                if len(data) < _READ and not isinstance(made, ssl.SSLSocket):
                    break
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        except packets.Garbled as error:
            _log.warning("%s does not speak Gearman: %s", self, error)
            self.drop(f"it does not speak Gearman: {error}")
            return
        except OSError as error:
            self.drop(_reason(error))
            return
        self.more = isinstance(made, ssl.SSLSocket) and made.pending() > 0


def _reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
