"""A log file of the script's own that is shown in ours while it grows."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from turbo_hipster.builds.logs.source import Source

_PIECE = 64 * 1024

#: Most bytes of one ``read``; the keeper has others to care for.
MOST = 64 * _PIECE

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class Watched:
    """Follows a file by its name, as ``tail -F`` does.

    Shown is what is new: a file that exists already is shown from its present
    end on, one that comes later, or replaces it, from its beginning.  One
    that got shorter was emptied and is read anew.  Only regular files are
    read; for another kind a line says that it is not.
    """

    def __init__(self, path: Path, source: Source) -> None:
        self._path = path
        self._source = source
        self._fd = -1
        self._at = 0
        self._complaint = ""
        self._open()
        if self._fd >= 0:
            self._at = os.fstat(self._fd).st_size

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
            end = os.fstat(self._fd).st_size
            while self._at < end and self._take(MOST):
                pass
            if not self._replaced():
                break
            self._forget()
        self._forget()
        self._source.finish()

    def _take(self, most: int) -> int:
        if os.fstat(self._fd).st_size < self._at:  # emptied
            self._source.end_line()
            self._at = 0
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
            taken += len(piece)
            self._source.feed(piece)
        return taken

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
