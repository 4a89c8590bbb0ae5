"""Addresses of Gearman servers."""

from __future__ import annotations

import re

DEFAULT_PORT = 4730


def parse(text: str) -> tuple[str, int]:
    """Turn ``HOST``, ``HOST:PORT``, ``[::1]:PORT`` or ``::1`` into a pair.

    Raises ValueError that says how to write it.
    """
    text = text.strip()
    bracketed = re.fullmatch(r"\[([0-9A-Fa-f:.%\w]+)\](?::(\d+))?", text)
    plain = re.fullmatch(r"([^\s:\[\]/]+)(?::(\d+))?", text)
    if bracketed or plain:
        match = bracketed or plain
        assert match is not None
        host, port = match[1], int(match[2] or DEFAULT_PORT)
    elif re.fullmatch(r"[0-9A-Fa-f:.]+", text) and text.count(":") > 1:
        host, port = text, DEFAULT_PORT
    else:
        raise ValueError(
            f"{text!r} is no server; write HOST:PORT, or [::1]:PORT for an "
            "IPv6 address"
        )
    if not 0 < port < 65536:
        raise ValueError(f"{text!r}: a port is a number from 1 to 65535")
    return host, port
