"""A log file of the script's own that is shown in ours while it grows."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from turbo_hipster.builds.logs.source import Source

_PIECE = 64 * 1024

#: Most bytes of one ``read``; the keeper has others to care for.
MOST = 64 * _PIECE

#: Bytes before our place that tell whether it is still the same text.
_KNOWN = 256

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class Watched:
    """Follows a file by its name, as ``tail -F`` does.

    Shown is what is new: a file that exists already is shown from its present
    end on, one that comes later, or replaces it, from its beginning.  One
    that got shorter was emptied and is read anew, and so is one that has
    other bytes where we have read: it was emptied and has grown again since
    we looked.  Only regular files are read; for another kind a line says that
    it is not.
    """

    def __init__(self, path: Path, source: Source) -> None:
        self._path = path
        self._source = source
        self._fd = -1
        self._at = 0
        self._known = b""
        self._complaint = ""
        self._open()
        if self._fd >= 0:
            self._at = os.fstat(self._fd).st_size
            self._known = self._before()

    def read(self) -> bool:
        """Feed what is new, at most MOST bytes; tell if there is more."""
        most = MOST
        while self._fd >= 0 or self._open():
            most -= self._take(most)
            if most <= 0:
                return True
            if not self._replaced():
                return False
            self._take(most)  # what was written until it was replaced
            self._forget()
        return False

    def finish(self) -> None:
        """Feed what is there now, and no more; the source is finished."""
        for _ in range(2):  # the file, and one that replaced it
            if self._fd < 0 and not self._open():
                break
            self._take(0)  # it may have been emptied
            end = os.fstat(self._fd).st_size
            while self._at < end and self._take(MOST):
                pass
            if not self._replaced():
                break
            self._forget()
        self._forget()
        self._source.finish()

    def _take(self, most: int) -> int:
        if self._emptied():
            self._source.end_line()
            self._at = 0
            self._known = b""
        taken = 0
        while taken < most:
            try:
                piece = os.pread(self._fd, _PIECE, self._at)
            except OSError as error:
                self._complain(str(error.strerror))
                break
            if not piece:
                break
            self._at += len(piece)
            self._known = (self._known + piece[-_KNOWN:])[-_KNOWN:]
            taken += len(piece)
            self._source.feed(piece)
        return taken

    def _emptied(self) -> bool:
        if os.fstat(self._fd).st_size < self._at:
            return True
        return self._before(len(self._known)) != self._known

    def _before(self, count: int = _KNOWN) -> bytes:
        """Return the bytes before our place, or as if they were known."""
        count = min(count, self._at)
        try:
            return os.pread(self._fd, count, self._at - count)
        except OSError:  # whoever reads on is told why
            return self._known

    def _open(self) -> bool:
        try:
            # looked at first: to open a pipe is to disturb who writes it
            regular = stat.S_ISREG(self._path.stat().st_mode)
            fd = os.open(self._path, _FLAGS) if regular else -1
        except FileNotFoundError:
            return False
        except OSError as error:
            self._complain(str(error.strerror))
            return False
        if not regular or not stat.S_ISREG(os.fstat(fd).st_mode):
            if fd >= 0:
                os.close(fd)
            self._complain("it is not a regular file")
            return False
        self._fd = fd
        self._at = 0
        self._known = b""
        return True

    def _replaced(self) -> bool:
        try:
            there = self._path.stat()
        except OSError:
            return False
        return not os.path.samestat(there, os.fstat(self._fd))

    def _forget(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            self._source.end_line()

    def _complain(self, why: str) -> None:
        """Say once why the file is not shown."""
        if why != self._complaint:
            self._complaint = why
            sentence = f"{self._path} is not shown: {why}\n"
            self._source.feed(sentence.encode("utf-8", "surrogateescape"))
