"""Trees of files are copied, with or without sharing their blocks."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from turbo_hipster_databases.exceptions import SnapshotFailed

FICLONE = 0x40049409
"""ioctl_ficlonerange(2): both files share their blocks afterwards."""
PIECE = 2**20

Copy = Callable[[int, int], None]
"""Copies all bytes from one descriptor to another, empty one."""


def reflink(source: int, target: int) -> None:
    """Let both share their blocks; raises OSError where that is not had."""
    fcntl.ioctl(target, FICLONE, source)


def copy_bytes(source: int, target: int) -> None:
    """Copy what is no hole, inside the kernel where it can."""
    size, here = os.fstat(source).st_size, 0
    while here < size:
        try:
            here = os.lseek(source, here, os.SEEK_DATA)
            end = os.lseek(source, here, os.SEEK_HOLE)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            os.ftruncate(target, size)  # only a hole is left
            return
        while here < end:
            here += _piece(source, target, here, end - here)


def _piece(source: int, target: int, here: int, count: int) -> int:
    try:
        done = os.copy_file_range(source, target, count, here, here)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP):
            raise
        done = 0
    if not done:
        data = os.pread(source, min(count, PIECE), here)
        done = os.pwrite(target, data, here)
    if not done:
        raise OSError(errno.EIO, "a file became shorter while it was copied")
    return done


def copy_tree(source: Path, target: Path, copy: Copy) -> None:
    """Copy what is in ``source`` into the folder ``target``, which exists.

    Owners and modes are kept, ``target``'s become those of ``source``.
    Sockets are left out.
    """
    copy_files(_folders_first(source, target), copy)


def copy_files(files: Iterable[tuple[str, str]], copy: Copy) -> None:
    """Copy files to where nothing is yet.

    One after the other: several threads took as long, and twice the
    processor's time.
    """
    for source, target in files:
        _file(source, target, copy)


def move_files(files: Sequence[tuple[str, str]]) -> None:
    """Move files to where nothing is yet, from another disk by copying."""
    for number, (source, target) in enumerate(files):
        try:
            os.rename(source, target)  # noqa: PTH104
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            copy_files(files[number:], best_copy)
            return


def _folders_first(source: Path, target: Path) -> list[tuple[str, str]]:
    """Make the folders and links; return the files to copy."""
    own(source.lstat(), target)
    files = []
    for entry, path in _walk(str(source), str(target)):
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            os.mkdir(path, 0o700)  # noqa: PTH102
            own(status, path)
        elif stat.S_ISREG(status.st_mode):
            files.append((entry.path, path))
        elif stat.S_ISLNK(status.st_mode):
            copy_link(entry.path, path)
    return files


def _walk(source: str, target: str) -> Iterator[tuple[os.DirEntry[str], str]]:
    with os.scandir(source) as entries:
        for entry in entries:
            path = f"{target}/{entry.name}"
            yield entry, path
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(entry.path, path)


def copy_link(source: str, target: str) -> None:
    """Make the same link again; raises SnapshotFailed if it leads out."""
    where = os.readlink(source)  # noqa: PTH115
    if os.path.isabs(where):  # noqa: PTH117
        raise SnapshotFailed(
            f"{source} is a link to {where}: a copy would share what is "
            "there. Keep tablespaces inside the data directory"
        )
    os.symlink(where, target)  # noqa: PTH211
    status = os.lstat(source)
    os.lchown(target, status.st_uid, status.st_gid)


def _file(source: str, target: str, copy: Copy) -> None:
    reading = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        writing = os.open(
            target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600
        )
        try:
            copy(reading, writing)
            own(os.fstat(reading), writing)
        finally:
            os.close(writing)
    finally:
        os.close(reading)


def own(like: os.stat_result, target: Path | str | int) -> None:
    """Give ``target`` the owner and the mode of another."""
    there = os.stat(target)  # noqa: PTH116
    if (there.st_uid, there.st_gid) != (like.st_uid, like.st_gid):
        os.chown(target, like.st_uid, like.st_gid)
    if stat.S_IMODE(there.st_mode) != stat.S_IMODE(like.st_mode):
        os.chmod(target, stat.S_IMODE(like.st_mode))  # noqa: PTH101


def best_copy(source: int, target: int) -> None:
    """Share the blocks if the file system can, else copy."""
    try:
        reflink(source, target)
    except OSError:
        copy_bytes(source, target)
