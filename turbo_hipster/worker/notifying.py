"""Tell a service manager how we are: one datagram for each piece of news.

The protocol is sd_notify(3)'s, and it is small enough to speak it ourselves:
lines of ``NAME=value`` to the unix socket that NOTIFY_SOCKET names.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import MutableMapping

LOG = logging.getLogger(__name__)
PATIENCE = 2.0
"""Seconds a manager has to take what must not be lost."""

PAUSE = 1.0
"""Least seconds between two sentences about our state."""


class Notices:
    """What we say to a service manager; safe from any thread.

    ``address`` is empty where there is none: then nothing is said.
    ``interval`` is the seconds after which a manager that was not told
    ``alive`` kills us; 0: it does not watch.
    """

    def __init__(self, address: str = "", interval: float = 0.0) -> None:
        self._address = address
        self.interval = interval if address else 0.0
        self._shown = ""
        self._shown_at = float("-inf")
        self._stopping = False

    @classmethod
    def taken(cls, environment: MutableMapping[str, str]) -> Notices:
        """Take what the environment says out of it: builds must not speak.

        Sources: sd_notify(3), sd_watchdog_enabled(3).
        """
        address = environment.pop("NOTIFY_SOCKET", "")
        limit = environment.pop("WATCHDOG_USEC", "")
        whose = environment.pop("WATCHDOG_PID", str(os.getpid()))
        if address and address[0] not in "/@":
            LOG.warning(
                "NOTIFY_SOCKET=%s is none that we can speak to: a path or "
                "@NAME is; the service manager is told nothing",
                address,
            )
            address = ""
        ours = limit.isdecimal() and whose == str(os.getpid())
        return cls(address, int(limit) / 1e6 if ours else 0.0)

    def __bool__(self) -> bool:
        return bool(self._address)

    def ready(self) -> None:
        """Say that we do what we are for, now or again."""
        self._send("READY=1", patience=PATIENCE)

    def reloading(self) -> None:
        """Say that another configuration is read; ``ready`` ends that."""
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._send("RELOADING=1", f"MONOTONIC_USEC={now}", patience=PATIENCE)

    def stopping(self, seconds: float) -> None:
        """Say once that we go home, and that it may take so many seconds."""
        if not self._stopping:
            self._stopping = True
            self._send(
                "STOPPING=1",
                f"EXTEND_TIMEOUT_USEC={round(seconds * 1e6)}",
                patience=PATIENCE,
            )

    def alive(self) -> bool:
        """Feed the watchdog; False when the manager did not take it."""
        return self._send("WATCHDOG=1")

    def show(self, sentence: str) -> float | None:
        """Say how we are, if that is news; returns the seconds to wait."""
        if not self or sentence == self._shown:
            return None
        wait = self._shown_at + PAUSE - time.monotonic()
        if wait > 0:
            return wait
        self._shown_at = time.monotonic()
        if self._send(f"STATUS={sentence}"):
            self._shown = sentence
            return None
        return PAUSE

    def _send(self, *lines: str, patience: float = 0.0) -> bool:
        if not self:
            return False
        name = self._address
        if name.startswith("@"):
            name = f"\0{name[1:]}"
        kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC
        with socket.socket(socket.AF_UNIX, kind) as made:
            made.settimeout(patience)
            try:
                made.connect(name)
                made.sendall("\n".join(lines).encode())
            except OSError as error:
                # a queue that is full costs a sentence, which comes again
                level = logging.WARNING if patience else logging.DEBUG
                LOG.log(
                    level,
                    "%s could not be told %s: %s",
                    self._address,
                    lines[0],
                    error,
                )
                return False
        return True
