"""Open the socket of the listener, or say why it cannot be."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

from turbo_hipster import exceptions

BACKLOG = 64
MODE = 0o660


def opened(address: tuple[str, int] | str) -> socket.socket:
    """Return a socket that listens.  Raises ConfigurationError."""
    try:
        if isinstance(address, str):
            return _unix(Path(address))
        return _tcp(*address)
    except OSError as error:
        shown = address
        if not isinstance(address, str):
            host, port = address
            shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        raise exceptions.ConfigurationError(
            f"[health] listen = {shown}: it cannot be had "
            f"({error.strerror or error}); name another one, or end who has it"
        ) from None


def _tcp(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, place = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(place)
        made.listen(BACKLOG)
    except OSError:
        made.close()
        raise
    return made


def _unix(path: Path) -> socket.socket:
    _clear(path)
    made = socket.socket(socket.AF_UNIX)
    try:
        made.bind(str(path))
        os.chmod(path, MODE)  # noqa: PTH101
        made.listen(BACKLOG)
    except OSError:
        made.close()
        raise
    return made


def _clear(path: Path) -> None:
    """Remove the socket of somebody who is gone; nothing else, ever."""
    try:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            return
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
