"""A log's file, and what stands beside it while the log is too long.

The first half of the limit goes straight into the file.  What comes then goes
into two hidden segments in turn, so that at any moment at least the last half
of the limit is on disk and never more than one and a half limits.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from turbo_hipster.builds.logs import assembly
from turbo_hipster.builds.logs.segments import Tail

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW


class Store:
    """Appends to a log of at most ``limit`` bytes.

    An existing file is continued.  Raises OSError if it cannot be opened.
    """

    def __init__(self, path: Path, limit: int) -> None:
        assembly.assemble(path)
        self._path = path
        self._limit = limit
        self._most = limit // 2
        self._tail: Tail | None = None
        self._fd = os.open(path, _FLAGS, 0o644)
        if not stat.S_ISREG(os.fstat(self._fd).st_mode):
            # a build put a pipe there: writing to it would block for ever
            os.close(self._fd)
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        self.size = os.fstat(self._fd).st_size
        last = os.pread(self._fd, 1, self.size - 1) if self.size else b"\n"
        self.at_line_start = last == b"\n"
        #: what went wrong last, if anything did
        self.error: OSError | None = None

    def append(self, text: bytes) -> int:
        """Write as much as can be written; return how many bytes that was."""
        view = memoryview(text)
        done = 0
        if self._fd < 0:
            return done
        try:
            while done < len(text):
                done += self._append(text, view, done)
        except OSError as error:
            self.error = error
        if done:
            self.at_line_start = text[done - 1] == 10
        return done

    def close(self) -> int:
        """Finish the file; return how many bytes were left out of it."""
        if self._fd < 0:
            return 0
        os.close(self._fd)
        self._fd = -1
        if self._tail is None:
            return 0
        self._tail.close()
        try:
            return assembly.assemble(self._path)
        except OSError as error:  # the segments stay, recover() may do it
            self.error = error
            return self._tail.size

    def _append(self, text: bytes, view: memoryview, at: int) -> int:
        if self._tail is None:
            room = self._most - self.size
            if len(text) - at > room:
                room = self._last_line(text, at, room)
            if room > 0:
                written = os.write(self._fd, view[at : at + room])
                self.size += written
                return written
            window = max(self._limit - self.size, self._most, 1)
            self._tail = Tail(self._path, self.size, window)
        return self._tail.append(view[at:])

    def _last_line(self, text: bytes, at: int, room: int) -> int:
        """Tell how much more the head takes: it ends with a line."""
        if room <= 0:
            return 0
        whole = text.rfind(b"\n", at, at + room) + 1 - at
        if whole > 0:
            return whole
        at_start = text[at - 1] == 10 if at else self.at_line_start
        return 0 if at_start else room
