"""Find a server's addresses without holding up the loop.

The C library's resolver blocks, for many seconds when a name server is away,
and the loop that asks also hears cancels.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from typing import Any

Address = tuple[int, Any]
"""Address family and socket address."""


def literal(host: str, port: int) -> list[Address]:
    """Return the address that ``host`` is, or nothing if it is a name."""
    try:
        return _ask(host, port, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []


class Lookup:
    """One question to the resolver, asked in a thread that ends with it.

    ``fileno`` becomes readable when ``addresses`` or ``error`` is there.
    """

    def __init__(self, host: str, port: int) -> None:
        self.addresses: list[Address] = []
        self.error = ""
        self._reader, writer = os.pipe()
        threading.Thread(
            target=self._run,
            args=(host, port, writer),
            name=f"gearman lookup {host}",
            daemon=True,  # the resolver cannot be interrupted
        ).start()

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self._reader

    def close(self) -> None:
        """Forget the question; its thread ends when the resolver answers."""
        if self._reader >= 0:
            os.close(self._reader)
            self._reader = -1

    def _run(self, host: str, port: int, writer: int) -> None:
        try:
            self.addresses = _ask(host, port, 0)
        except (OSError, UnicodeError) as error:
            self.error = f"the name {host} is not found: {error}"
        finally:
            if not self.addresses and not self.error:
                self.error = f"the name {host} has no address"
            with contextlib.suppress(OSError):
                os.close(writer)


def _ask(host: str, port: int, flags: int) -> list[Address]:
    found = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=flags
    )
    return [(entry[0], entry[4]) for entry in found]
