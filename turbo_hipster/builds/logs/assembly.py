"""Make the plain finished log out of its head and the tail beside it.

Done at the end of a log, and after a crash at any moment; may itself be
interrupted anywhere and done again.  The file only grows, so that a reader
who follows it reads on; the same input gives the same bytes.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import NamedTuple

from turbo_hipster.builds.logs.segments import HEADER_LENGTH, Header, segment
from turbo_hipster.builds.logs.stamps import Stamps

_HIDDEN = re.compile(r"\.(.+)\.(?:tail[01]|done)")
_STAMP = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ")
_SENTENCE = (
    b"[log] %d bytes were left out here: the log is longer than its limit\n"
)
_PIECE = 1024 * 1024


def recover(folder: Path) -> None:
    """Assemble all logs of a folder that a crash left unfinished.

    Raises OSError as ``assemble`` does; it may be done again.
    """
    if not folder.is_dir():
        return
    names = {
        found[1]
        for entry in folder.iterdir()
        if (found := _HIDDEN.fullmatch(entry.name))
    }
    for name in sorted(names):
        assemble(folder / name)


def assemble(path: Path) -> int:
    """Finish the log at ``path``; return the bytes that were left out.

    Nothing is done when there are no segments.  On OSError (a full disk) the
    segments stay and the file has its head only.
    """
    done = path.with_name(f".{path.name}.done")
    segments = [segment(path, number) for number in (0, 1)]
    hidden = [file for file in (*segments, done) if file.exists()]
    left_out = 0
    if hidden and done not in hidden:
        with contextlib.ExitStack() as stack:
            parts = _parts(path, stack)
            if parts:
                left_out = _write(path, parts)
        # from here on the segments are only to be removed, in any order
        hidden.pop().rename(done)
        hidden.append(done)
    for file in hidden:
        file.unlink()
    return left_out


class _Part(NamedTuple):
    fd: int
    header: Header
    start: int  # places in all that came after the head
    stop: int

    def read(self, at: int, size: int) -> bytes:
        size = max(min(size, self.stop - at, _PIECE), 0)
        return os.pread(self.fd, size, at - self.start + HEADER_LENGTH)


def _parts(path: Path, stack: contextlib.ExitStack) -> list[_Part]:
    """Open the segments that have a header, the older first."""
    parts = []
    for number in (0, 1):
        try:
            fd = os.open(
                segment(path, number),
                os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW,
            )
        except FileNotFoundError:
            continue
        stack.callback(os.close, fd)
        header = Header.read(fd)
        if header:
            size = os.fstat(fd).st_size - HEADER_LENGTH
            start = header.offset
            parts.append(_Part(fd, header, start, start + size))
    parts.sort(key=lambda part: part.start)
    if len(parts) == 2 and parts[0].stop != parts[1].start:
        del parts[0]  # a lost disk block: the newer one is what counts
    return parts


def _write(path: Path, parts: list[_Part]) -> int:
    header = parts[-1].header
    start = _first_line(parts, header.window)
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    fd = os.open(path, flags, 0o644)
    try:
        at = head = min(header.head, os.fstat(fd).st_size)
        try:
            if start:
                ended = not head or os.pread(fd, 1, head - 1) == b"\n"
                stamp = _read(parts, start, Stamps.LENGTH + 1)
                at = _put(fd, at, (b"" if ended else b"\n"))
                if not _STAMP.fullmatch(stamp):  # cut in a very long line
                    written = os.fstat(parts[-1].fd).st_mtime
                    stamp = Stamps()(written) + b" "
                at = _put(fd, at, stamp + _SENTENCE % start)
            for part in parts:
                place = max(start, part.start)
                while piece := part.read(place, _PIECE):
                    at = _put(fd, at, piece)
                    place += len(piece)
        except OSError:
            os.ftruncate(fd, head)
            raise
        if os.fstat(fd).st_size > at:
            os.ftruncate(fd, at)
    finally:
        os.close(fd)
    return start


def _first_line(parts: list[_Part], window: int) -> int:
    """Find where what is kept begins: with a line, if there is one."""
    start = max(parts[0].start, parts[-1].stop - window)
    if not start:
        return 0
    if start > parts[0].start and _read(parts, start - 1, 1) == b"\n":
        return start
    begin = _read(parts, start, _PIECE)
    end = begin.find(b"\n") + 1
    return start + end if start + end < parts[-1].stop else start


def _read(parts: list[_Part], at: int, size: int) -> bytes:
    text = b""
    for part in parts:
        if part.start <= at < part.stop:
            text += part.read(at, size - len(text))
            at = part.stop
    return text[:size]


def _put(fd: int, at: int, text: bytes) -> int:
    view = memoryview(text)
    while view:
        written = os.pwrite(fd, view, at)
        at += written
        view = view[written:]
    return at
