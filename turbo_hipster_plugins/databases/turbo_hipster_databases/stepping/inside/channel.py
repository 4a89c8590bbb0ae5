"""The wire to the build: one line of JSON a message, over a unix socket."""

import json
import os
import socket
from typing import Any, Dict, Optional


class Channel:
    """Our end of the wire."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")

    def receive(self) -> Optional[Dict[str, Any]]:
        """Return the next message; None: the build is gone."""
        line = self._lines.readline()
        if not line.endswith(b"\n"):
            return None
        message: Dict[str, Any] = json.loads(line.decode("utf-8"))
        return message

    def send(self, message: Dict[str, Any]) -> None:
        """Send one message."""
        self._connection.sendall(json.dumps(message).encode("utf-8") + b"\n")

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._connection.close()


def connect(path: str) -> Channel:
    """Connect to the socket at ``path``, however long that is.

    A socket's name may have 107 bytes; by way of /proc it is short.
    """
    folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY)
    try:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        name = os.path.basename(path)
        connection.connect("/proc/self/fd/{}/{}".format(folder, name))
    finally:
        os.close(folder)
    return Channel(connection)
