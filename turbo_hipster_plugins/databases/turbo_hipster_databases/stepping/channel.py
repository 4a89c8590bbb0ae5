"""Our end of the wire to a stepping process: lines of JSON, with deadlines.

The socket lies in a folder of the build, whose path may be longer than the
107 bytes of a socket's name; by way of /proc it is short.
"""

from __future__ import annotations

import json
import math
import os
import socket
import time
from pathlib import Path
from typing import Any

MOST = 256 * 2**20
"""Bytes of one message; a step of a million statements has less."""


class Garbage(Exception):
    """What came is no message."""


class Listener:
    """Waits for the one process that may connect."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._socket.bind(f"/proc/self/fd/{folder}/{path.name}")
            self._socket.listen(1)
        except OSError:
            self._socket.close()
            raise
        finally:
            os.close(folder)

    def accept(self, seconds: float) -> Channel | None:
        """Return the channel; None: nobody came within the time."""
        self._socket.settimeout(seconds)
        try:
            connection, _address = self._socket.accept()
        except TimeoutError:
            return None
        return Channel(connection)

    def close(self) -> None:
        """Let nobody else in."""
        self._socket.close()
        self.path.unlink(missing_ok=True)


class Channel:
    """One connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._rest = bytearray()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message; a process that is gone is noticed on receiving."""
        self._connection.settimeout(None)
        try:
            self._connection.sendall(json.dumps(message).encode() + b"\n")
        except (BrokenPipeError, ConnectionResetError):
            return

    def receive(self, deadline: float) -> dict[str, Any] | None:
        """Return the next message; None: it is over.

        Raises TimeoutError at the ``deadline`` of the monotonic clock, and
        Garbage.
        """
        looked = 0
        while (end := self._rest.find(b"\n", looked)) < 0:
            looked = len(self._rest)
            if looked > MOST:
                raise Garbage(f"more than {MOST} bytes in one line")
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(None if left == math.inf else left)
            try:
                data = self._connection.recv(2**18)
            except ConnectionResetError:
                data = b""
            if not data:
                return None
            self._rest += data
        line = bytes(self._rest[:end])
        del self._rest[: end + 1]
        try:
            message = json.loads(line)
            if b"\\ud" in line.lower():  # half a character is none
                whole = json.dumps(message, ensure_ascii=False)
                message = json.loads(whole.encode(errors="replace"))
        except (ValueError, RecursionError):
            raise Garbage(repr(line[:200])) from None
        if not isinstance(message, dict):
            raise Garbage(repr(line[:200]))
        return message

    def close(self) -> None:
        """Hang up: the process ends."""
        self._connection.close()
