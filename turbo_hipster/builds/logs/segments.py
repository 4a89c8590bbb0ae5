"""The two hidden files that hold the tail of a log that is too long.

Each begins with a header of fixed length, so that the log can be made whole
from what is on disk at any moment: the size of the head, the window (how much
of the tail is kept), and the place of its first byte in all that came after
the head.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

_HEADER = b"tail of a log; head %020d window %020d offset %020d\n"
HEADER_LENGTH = len(_HEADER % (0, 0, 0))

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW


def segment(path: Path, number: int) -> Path:
    """Name segment 0 or 1 of the log at ``path``."""
    return path.with_name(f".{path.name}.tail{number}")


class Header(NamedTuple):
    """What a segment says of itself; all in bytes."""

    head: int
    window: int
    offset: int

    def __bytes__(self) -> bytes:
        return _HEADER % self

    @classmethod
    def read(cls, fd: int) -> Header | None:
        """Read a segment's header; None: it was not wholly written."""
        text = os.pread(fd, HEADER_LENGTH, 0)
        words = text.split()
        if len(text) < HEADER_LENGTH or len(words) != 10:
            return None
        header = cls(int(words[5]), int(words[7]), int(words[9]))
        return header if bytes(header) == text else None


class Tail:
    """Takes what comes after the head; ``size`` counts all of it."""

    def __init__(self, path: Path, head: int, window: int) -> None:
        self._path = path
        self._head = head
        self._window = window
        self._number = 1
        self._fd = -1
        self._room = 0
        self.size = 0

    def append(self, view: memoryview) -> int:
        """Write some of ``view``; return how much.  Raises OSError."""
        if not self._room:
            self._next()
        written = os.write(self._fd, view[: self._room])
        self._room -= written
        self.size += written
        return written

    def close(self) -> None:
        """Leave the segments to ``assemble``."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            self._room = 0

    def _next(self) -> None:
        """Begin the other segment; the older of the two gives way."""
        path = segment(self._path, 1 - self._number)
        header = bytes(Header(self._head, self._window, self.size))
        fd = os.open(path, _FLAGS, 0o600)
        try:
            left = memoryview(header)
            while left:  # a full disk says so at the second write
                left = left[os.write(fd, left) :]
        except OSError:
            os.close(fd)
            raise
        self.close()
        self._fd = fd
        self._number = 1 - self._number
        self._room = self._window
