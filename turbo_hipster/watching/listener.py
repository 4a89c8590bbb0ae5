"""The listener: one thread, a few guests at a time, none for long."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import select
import socket
import threading
import time

from turbo_hipster.watching import http
from turbo_hipster.watching.guest import Guest

LOG = logging.getLogger(__name__)
MOST = 32
"""Guests at a time; the one that has been here longest makes room."""

PATIENCE = 5.0
"""Seconds from coming in to having gone."""

PAUSE = 1.0
"""Seconds to wait when there is no descriptor for another guest."""


class Listener:
    """Answers by ``pages`` on an open socket, until it is closed.

    ``close`` is its way home: the thread ends, then the sockets.
    """

    def __init__(self, opened: socket.socket, pages: http.Pages) -> None:
        self._socket = opened
        self._socket.setblocking(False)
        self._pages = pages
        self._guests: list[Guest] = []
        self._deaf_until = 0.0
        self._stop = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="health")

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Answer no more; a second call does nothing."""
        if self._socket.fileno() < 0:
            return
        if self._thread.ident is not None:
            os.eventfd_write(self._stop, 1)
            self._thread.join()
        os.close(self._stop)
        self._socket.close()

    def _run(self) -> None:
        while self._turn():
            pass
        for guest in self._guests:
            guest.close()

    def _turn(self) -> bool:
        now = time.monotonic()
        poll = select.poll()
        poll.register(self._stop, select.POLLIN)
        until = min((one.deadline for one in self._guests), default=math.inf)
        if self._deaf_until > now:
            until = min(until, self._deaf_until)
        else:
            poll.register(self._socket, select.POLLIN)
        for guest in self._guests:
            poll.register(guest, guest.events)
        wait = None if math.isinf(until) else max(0, (until - now) * 1000) + 1
        ready = {fd for fd, _ in poll.poll(wait)}
        if self._stop in ready:
            return False
        for guest in self._guests:
            if guest.fileno() in ready:
                guest.serve()
        self._see_off(time.monotonic())
        if self._socket.fileno() in ready:
            self._let_in()
        return True

    def _see_off(self, now: float) -> None:
        for guest in [*self._guests]:
            if guest.over or guest.deadline <= now:
                self._guests.remove(guest)
                guest.close()

    def _let_in(self) -> None:
        now = time.monotonic()
        try:
            connection, _ = self._socket.accept()
        except (BlockingIOError, ConnectionError):
            return
        except OSError as error:
            LOG.warning("health cannot let anybody in: %s", error)
            self._deaf_until = now + PAUSE
            return
        if len(self._guests) >= MOST:
            self._guests.pop(0).close()
        guest = Guest(connection, self._pages, now + PATIENCE)
        self._guests.append(guest)


def remove(address: tuple[str, int] | str | None) -> None:
    """Take the socket's file away, if it has one."""
    if isinstance(address, str):
        with contextlib.suppress(OSError):
            os.unlink(address)  # noqa: PTH108
