"""TH_RESULT_FILE: one line in which a failing command says why."""

from __future__ import annotations

import os
import stat
from pathlib import Path

LONGEST = 1000
"""Most characters of the line that are kept."""


class Unreadable(Exception):
    """What the command left is no file that we would read."""


def first_line(path: Path) -> str:
    """Return the first line of the file, or nothing.

    A line that starts with SUCCESS is ignored: such a script says it on its
    way and fails afterwards.
    """
    try:
        text = read(path, 4 * LONGEST, whole=False).decode(errors="replace")
    except (FileNotFoundError, Unreadable):
        return ""
    line = printable(text.split("\n", 1)[0])[:LONGEST]
    return "" if line.startswith("SUCCESS") else line


def printable(text: str) -> str:
    """Return ``text`` on one line, with nothing in it that steers."""
    return "".join(
        letter if letter.isprintable() else " " for letter in text
    ).strip()


def read(path: Path, limit: int, *, whole: bool = True) -> bytes:
    """Return at most ``limit`` bytes of a regular file.

    The command chose what lies there, and we read as the worker's user: a
    link is not followed and a pipe is not waited for.  Raises
    FileNotFoundError, or Unreadable with the reason, also for a file beyond
    ``limit`` whose ``whole`` is wanted.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as error:
        if path.is_symlink():
            raise Unreadable("it is a symbolic link") from None
        raise Unreadable(f"it cannot be read: {error.strerror}") from None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Unreadable("it is no regular file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    finally:
        os.close(handle)
    if whole and len(data) > limit:
        raise Unreadable(f"it has more than {limit} bytes")
    return data[:limit]
