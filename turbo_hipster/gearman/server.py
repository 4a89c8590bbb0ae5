"""A Gearman server in this process, for a desk, the demo, and tests.

It is gear's, which Zuul embeds too: no queue on disk, no TLS here.
"""

from __future__ import annotations

import logging
import socket
from types import TracebackType

import gear

from turbo_hipster import exceptions
from turbo_hipster.gearman.dial import Server

_BACKLOG = 128


class EmbeddedServer:
    """A server on the loopback interface; stopped by ``stop`` or ``with``.

    ``port`` 0 takes one that is free.  Raises ServerUnavailable when the port
    is taken.
    """

    def __init__(self, port: int = 0, host: str = "127.0.0.1") -> None:
        # gear tells of every packet
        logging.getLogger("gear").setLevel(logging.WARNING)
        _check_free(host, port)
        self._server = gear.Server(port, host=host)
        listening = self._server.socket
        # accepted connections inherit it; without, an answer takes 40 ms
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # gear's backlog of 1 makes the second of two callers wait a second
        listening.listen(_BACKLOG)
        self.address: Server = (host, self._server.port)

    def __enter__(self) -> EmbeddedServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Close all connections and end its two threads."""
        if self._server.running:
            self._server.shutdown()
            self._server.poll.close()


def _check_free(host: str, port: int) -> None:
    """Raise ServerUnavailable if ``port`` is taken; gear would not say why."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise exceptions.ServerUnavailable(
                f"cannot listen on {host}:{port}: {error}. Is a Gearman "
                "server running there already?"
            ) from None
