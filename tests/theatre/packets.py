"""Read a stream of Gearman packets, with gear's names for them."""

import struct

import gear


def packets(log):
    """Return [(type, arguments)] of what went one way."""
    log, found = bytes(log), []
    while len(log) >= 12:
        magic, kind, length = struct.unpack("!4sII", log[:12])
        if magic not in (b"\0REQ", b"\0RES"):
            return [*found, ("TEXT", log)]
        name = gear.constants.types[kind]
        found.append((name, log[12 : 12 + length]))
        log = log[12 + length :]
    return found
