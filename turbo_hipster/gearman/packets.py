"""Packets: bytes to words and back, and nothing about connections.

The format is gear's; its reader is not used, since its time grows with the
square of a packet's size and it believes any length.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import gear
import gear.constants
import six

from turbo_hipster import exceptions

CAN_DO: int = gear.constants.CAN_DO
CANT_DO: int = gear.constants.CANT_DO
PRE_SLEEP: int = gear.constants.PRE_SLEEP
NOOP: int = gear.constants.NOOP
SUBMIT_JOB: int = gear.constants.SUBMIT_JOB
SUBMIT_JOB_HIGH: int = gear.constants.SUBMIT_JOB_HIGH
JOB_CREATED: int = gear.constants.JOB_CREATED
NO_JOB: int = gear.constants.NO_JOB
JOB_ASSIGN: int = gear.constants.JOB_ASSIGN
WORK_STATUS: int = gear.constants.WORK_STATUS
WORK_COMPLETE: int = gear.constants.WORK_COMPLETE
WORK_FAIL: int = gear.constants.WORK_FAIL
WORK_EXCEPTION: int = gear.constants.WORK_EXCEPTION
WORK_DATA: int = gear.constants.WORK_DATA
WORK_WARNING: int = gear.constants.WORK_WARNING
GET_STATUS: int = gear.constants.GET_STATUS
STATUS_RES: int = gear.constants.STATUS_RES
ERROR: int = gear.constants.ERROR
SET_CLIENT_ID: int = gear.constants.SET_CLIENT_ID
GRAB_JOB_UNIQ: int = gear.constants.GRAB_JOB_UNIQ
JOB_ASSIGN_UNIQ: int = gear.constants.JOB_ASSIGN_UNIQ

NAMES: dict[int, str] = gear.constants.types

HEADER = 12
LIMIT = 64 * 2**20
"""Most bytes of one packet that is read; job parameters are far smaller."""

# geard tells a client of a lost worker with the magic of a request.
_MAGICS = (bytes(gear.constants.RES), bytes(gear.constants.REQ))


class Garbled(exceptions.TurboHipsterError):
    """The peer does not speak Gearman; the connection is of no use."""


class Packet(NamedTuple):
    """One packet as it came: its type's number and its payload."""

    type: int
    data: bytes

    def __str__(self) -> str:
        name = NAMES.get(self.type, str(self.type))
        return f"{name} of {len(self.data)} bytes"

    def arguments(self, count: int) -> list[bytes]:
        """Return exactly ``count`` arguments; the last one may have NULs.

        Raises Garbled when there are fewer.
        """
        parts = self.data.split(b"\0", count - 1)
        if len(parts) != count:
            raise Garbled(f"{self}: {len(parts)} arguments, not {count}")
        return parts


def encode(type: int, *arguments: str | bytes) -> bytes:
    """Return the bytes of a request; text is sent as UTF-8.

    What is not text in UTF-8 (a lone surrogate) goes as a question mark.
    """
    data = b"\0".join(
        six.ensure_binary(argument, "utf-8", "replace")
        for argument in arguments
    )
    return bytes(gear.Packet(gear.constants.REQ, type, data).toBinary())


def text(data: bytes) -> str:
    """Read what a peer wrote; bytes that are no UTF-8 are marked."""
    return str(six.ensure_text(data, "utf-8", "replace"))


class Decoder:
    """Turn a stream of bytes into packets, in time linear to its length."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Add ``data`` and yield what is complete.

        Raises Garbled for a wrong magic code, an unknown type, or a length
        that is negative or beyond the limit, as soon as it is seen.
        """
        buffer = self._buffer
        buffer += data
        while buffer:
            start = bytes(buffer[:4])
            if not any(magic.startswith(start) for magic in _MAGICS):
                raise Garbled(f"no packet starts with {start!r}")
            if len(buffer) < HEADER:
                return
            type = int.from_bytes(buffer[4:8], "big")
            length = int.from_bytes(buffer[8:12], "big")
            if type not in NAMES:
                raise Garbled(f"no packet has the type {type}")
            if length > self._limit:
                raise Garbled(
                    f"a {NAMES[type]} of {length} bytes (the most is "
                    f"{self._limit})"
                )
            end = HEADER + length
            if len(buffer) < end:
                return
            with memoryview(buffer) as view:
                packet = Packet(type, bytes(view[HEADER:end]))
            del buffer[:end]
            yield packet
