"""Numbers as statsd takes them: one datagram each, sent and forgotten."""

from __future__ import annotations

import contextlib
import re
import socket
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.conf.settings import StatsdSettings
from turbo_hipster.watching.metrics import Metric
from turbo_hipster.watching.numbers import Labels


class Statsd:
    """A sink for numbers; a statsd that is away costs nothing.

    Raises ConfigurationError when its host has no address.
    """

    def __init__(self, settings: StatsdSettings) -> None:
        try:
            found = socket.getaddrinfo(
                settings.host, settings.port, type=socket.SOCK_DGRAM
            )
        except OSError as error:
            raise exceptions.ConfigurationError(
                f"[statsd] host = {settings.host}: it has no address "
                f"({error.strerror}); name another, or leave it empty"
            ) from None
        family, _, _, _, address = found[0]
        self._address: tuple[Any, ...] = address
        self._prefix = settings.prefix
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def send(self, metric: Metric, labels: Labels, value: float) -> None:
        """Send a count, or a time in milliseconds."""
        if metric.kind == "histogram":
            text = f"{value * 1000:.3f}|ms"
        elif value:
            text = f"{value:g}|c" if value < 1e5 else f"{value:.0f}|c"
        else:
            return
        words = [metric.name.removesuffix("_total"), *map(_word, labels)]
        name = ".".join([self._prefix, *words])
        with contextlib.suppress(OSError):
            self._socket.sendto(f"{name}:{text}".encode(), self._address)

    def close(self) -> None:
        """Send no more."""
        self._socket.close()


def _word(text: str) -> str:
    """Return what cannot be taken for two words of a name, or for a value."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", text)
