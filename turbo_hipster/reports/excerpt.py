"""The part of a log that fits on a page, at a bounded cost.

A log may be a GiB.  It is read once, in pieces, to count its lines and to
find the first telling one; then its head, its tail and the telling line with
its surroundings are read.  Memory does not grow with the log.
"""

from __future__ import annotations

import dataclasses
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from turbo_hipster.reports import telling

BYTES = 2 * 1024 * 1024  # of all logs of a page together
LINES = 20_000
SEARCH_HEAD = 64 * 1024 * 1024  # searched for a telling line
SEARCH_TAIL = 4 * 1024 * 1024

_PIECE = 256 * 1024
_BEFORE, _AFTER = 8 * 1024, 16 * 1024  # bytes around a telling line
_LINES_AROUND = 40


@dataclasses.dataclass(frozen=True, slots=True)
class Survey:
    """What one reading of a log found; ``error`` is a line's offset.

    ``searched`` is false when a part was not searched, because the log is
    too large or too full of suspicious lines.
    """

    size: int
    lines: int
    error: int | None = None
    error_line: int = 0
    searched: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that are shown, what was left out before, and where we are."""

    first: int
    data: bytes
    skipped_lines: int = 0
    skipped_bytes: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Excerpt:
    """A log as the page shows it."""

    name: str
    survey: Survey
    pieces: tuple[Piece, ...]
    cut_bytes: int = 0  # left out after the last piece


def read(folder: Path, names: Sequence[str], search: bool) -> list[Excerpt]:
    """Read the logs that exist; together they keep BYTES and LINES."""
    found: list[tuple[str, int, Survey]] = []
    try:
        for name in names:
            descriptor = _open(folder / name)
            if descriptor is not None:
                found.append((name, descriptor, Survey(0, 0)))
                found[-1] = (name, descriptor, survey(descriptor, search))
        sizes = _fair([log[2].size for log in found], BYTES)
        lines = _fair([log[2].lines for log in found], LINES)
        return [
            _excerpt(*log, most_bytes, most_lines)
            for log, most_bytes, most_lines in zip(
                found, sizes, lines, strict=True
            )
        ]
    finally:
        for _, descriptor, _ in found:
            os.close(descriptor)


def survey(descriptor: int, search: bool) -> Survey:
    """Count the lines and find the first telling one, in one reading."""
    size = os.fstat(descriptor).st_size
    offset = lines = 0
    carry = last = b""
    error: int | None = None
    error_line = 0
    detector = telling.Detector()
    while offset < size:
        piece = os.pread(descriptor, min(_PIECE, size - offset), offset)
        if not piece:
            break
        near = offset < SEARCH_HEAD
        if not near and offset >= size - SEARCH_TAIL:
            near = True
            detector.allowance = max(detector.allowance, 1000)
        if search and near and error is None:
            block = carry + piece
            begin = offset - len(carry)
            whole = block.rfind(b"\n") + 1
            if offset + len(piece) >= size or not whole:
                whole = len(block)
            at = detector.first(block[:whole])
            if at is not None:
                error = begin + at
                error_line = lines + 1 + block.count(b"\n", 0, at)
            carry = block[whole:]
        else:
            carry = b""
        lines += piece.count(b"\n")
        offset += len(piece)
        last = piece[-1:]
    lines += last not in (b"", b"\n")
    searched = size <= SEARCH_HEAD + SEARCH_TAIL and detector.allowance > 0
    return Survey(offset, lines, error, error_line, searched)


def _open(path: Path) -> int | None:
    """Open a plain file; a link or a pipe is none of ours."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags)
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def _fair(wants: Sequence[int], total: int) -> list[int]:
    """Share ``total``: small wants whole, the others equal parts."""
    grants = [0] * len(wants)
    order = sorted(range(len(wants)), key=wants.__getitem__)
    for place, index in enumerate(order):
        grants[index] = min(wants[index], total // (len(wants) - place))
        total -= grants[index]
    return grants


def _excerpt(
    name: str, descriptor: int, log: Survey, most: int, most_lines: int
) -> Excerpt:
    """Choose the ranges to show and read them."""
    if log.size <= most and log.lines <= most_lines:
        whole = Piece(1, os.pread(descriptor, log.size, 0))
        return Excerpt(name, log, (whole,) if log.size else ())
    ranges: list[tuple[int, bytes]] = []  # offset, data
    around = None
    if log.error is not None:
        around = _around(descriptor, log.error)
        most = max(0, most - len(around[1]))
        most_lines = max(0, most_lines - 2 * _LINES_AROUND)
    ranges.append((0, _head(descriptor, most // 4, most_lines // 4)))
    if around:
        ranges.append(around)
    ranges.append(
        _tail(descriptor, log.size, most - most // 4,
              most_lines - most_lines // 4)
    )  # fmt: skip
    return _joined(name, log, ranges)


def _head(descriptor: int, most: int, lines: int) -> bytes:
    data = os.pread(descriptor, most, 0)
    end = _after(data, lines)
    return data[: min(end, data.rfind(b"\n") + 1 or len(data))]


def _tail(
    descriptor: int, size: int, most: int, lines: int
) -> tuple[int, bytes]:
    begin = max(0, size - most)
    data = os.pread(descriptor, size - begin, begin)
    if begin:
        start = data.find(b"\n") + 1
        start = 0 if start == len(data) else start
        begin, data = begin + start, data[start:]
    extra = data.count(b"\n") - lines
    start = _after(data, extra) if extra > 0 else 0
    return begin + start, data[start:]


def _around(descriptor: int, error: int) -> tuple[int, bytes]:
    begin = max(0, error - _BEFORE)
    before = os.pread(descriptor, error - begin, begin)
    breaks = before.count(b"\n")
    start = _after(before, max(1, breaks - _LINES_AROUND)) if breaks else 0
    if begin == 0 and breaks <= _LINES_AROUND:
        start = 0
    after = os.pread(descriptor, _AFTER, error)
    end = _after(after, _LINES_AROUND)
    end = min(end, after.rfind(b"\n") + 1 or len(after))
    return begin + start, before[start:] + after[:end]


def _after(data: bytes, count: int) -> int:
    """Return where line ``count`` (the first is 1) has ended."""
    position = 0
    for _ in range(count):
        position = data.find(b"\n", position) + 1
        if position == 0:
            return len(data)
    return position


def _joined(
    name: str, log: Survey, ranges: list[tuple[int, bytes]]
) -> Excerpt:
    """Make pieces of ranges in order, without showing a byte twice."""
    pieces: list[Piece] = []
    end, number = 0, 1  # of what is shown so far
    for place, (begin, data) in enumerate(ranges):
        if begin < end:
            data, begin = data[end - begin :], end
        if not data:
            continue
        first = number
        if begin > end:
            if place == len(ranges) - 1:
                whole = data.count(b"\n") + (not data.endswith(b"\n"))
                first = log.lines - whole + 1
            else:
                error = (log.error or begin) - begin
                first = log.error_line - data.count(b"\n", 0, error)
        pieces.append(Piece(first, data, first - number, begin - end))
        end = begin + len(data)
        number = first + data.count(b"\n")
    return Excerpt(name, log, tuple(pieces), log.size - end)
