"""Read small files that a build may have put there: anything may lie there."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def read_plain(path: Path, limit: int) -> bytes:
    """Return at most ``limit`` bytes of a regular file.

    A pipe is not waited for and a link is not followed.  Raises OSError,
    FileNotFoundError among them.
    """
    handle = os.open(
        path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    )
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        return stream.read(limit)
