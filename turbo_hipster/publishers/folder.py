"""A build's results, made fit to be shown to everybody.

What a build leaves behind may be hostile: symbolic links to secrets, pipes
that never end, files that nobody may read, other names of foreign files.
Only regular files and folders are published; the rest is removed and named
in ``left-out.txt``.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

LEFT_OUT = "left-out.txt"

OPEN = 0o755
READABLE = 0o644

KINDS = {
    stat.S_IFLNK: "it is a symbolic link",
    stat.S_IFIFO: "it is a pipe",
    stat.S_IFSOCK: "it is a socket",
    stat.S_IFBLK: "it is a device",
    stat.S_IFCHR: "it is a device",
}


def tidy(folder: Path) -> list[str]:
    """Make ``folder`` fit; return its files, relative and sorted.

    Files get mode 0644 (0755 if they could be run), folders 0755.  What
    belongs to another user and is closed stays closed, and is named too.
    Raises OSError when the rest cannot be done.
    """
    files: list[str] = []
    left_out: list[tuple[str, str]] = []
    waiting = [""]
    folder.chmod(OPEN)
    while waiting:
        below = waiting.pop()
        with os.scandir(folder / below) as entries:
            found = list(entries)
        for entry in found:
            path = f"{below}{entry.name}"
            status = entry.stat(follow_symlinks=False)
            kind = stat.S_IFMT(status.st_mode)
            if kind not in (stat.S_IFREG, stat.S_IFDIR):
                Path(entry.path).unlink()
                left_out.append((path, KINDS.get(kind, "it is no file")))
            elif not _opened(entry.path, status):
                left_out.append((path, "it is another user's, and closed"))
            elif kind == stat.S_IFDIR:
                waiting.append(f"{path}/")
            else:
                files.append(path)
    if left_out:
        note(folder, sorted(left_out))
        files.append(LEFT_OUT)
    return sorted(set(files))


def note(folder: Path, left_out: Iterable[tuple[str, str]]) -> None:
    """Add lines to ``left-out.txt``: what was not published, and why."""
    place = folder / LEFT_OUT
    with place.open("a", encoding="utf-8") as file:
        for path, why in left_out:
            file.write(f"{printable(path)}: not published, {why}\n")
    place.chmod(READABLE)


def printable(path: str) -> str:
    """Return a path that may hold any byte as one harmless line."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in text
    )


def _opened(path: str, status: os.stat_result) -> bool:
    """Let everybody read a file or folder; tell whether they can."""
    folder = stat.S_ISDIR(status.st_mode)
    mode = OPEN if folder or status.st_mode & 0o111 else READABLE
    if stat.S_IMODE(status.st_mode) == mode:
        return True
    try:
        if status.st_nlink > 1 and not folder:
            # a hard link may be another name of a file that is no result,
            # and the change of mode would open that one too
            copy = Path(f"{path}.{os.getpid()}.part")
            shutil.copyfile(path, copy, follow_symlinks=False)
            copy.replace(path)
        Path(path).chmod(mode)
    except PermissionError:
        return stat.S_IMODE(status.st_mode) & mode & 0o005 == mode & 0o005
    return True
