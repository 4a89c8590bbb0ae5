"""Addresses of Gearman servers."""

from __future__ import annotations

import ipaddress
import re

DEFAULT_PORT = 4730


def parse(text: str) -> tuple[str, int]:
    """Turn ``HOST``, ``HOST:PORT``, ``[::1]:PORT`` or ``::1`` into a pair.

    Raises ValueError that says how to write it.
    """
    text = text.strip()
    bracketed = re.fullmatch(r"\[([^\[\]]+)\](?::(\d+))?", text)
    named = re.fullmatch(r"([^\s:\[\]/]+)(?::(\d+))?", text)
    match = bracketed or named
    host = match[1] if match else text
    if (match is None or bracketed) and not _is_address(host):
        raise ValueError(
            f"{text!r} is no server; write HOST:PORT, or [::1]:PORT for an "
            "IPv6 address"
        )
    port = int(match[2] or DEFAULT_PORT) if match else DEFAULT_PORT
    if not 0 < port < 65536:
        raise ValueError(f"{text!r}: a port is a number from 1 to 65535")
    return host, port


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
