"""Overlays: how a body is mounted, and how layers become one folder.

What the upper layer says of the lower ones is told by the kernel's document
"Overlay Filesystem": a character device 0/0 hides a name, and a folder with
the attribute ``opaque`` hides what is below it.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from turbo_hipster_databases.model import Body
from turbo_hipster_databases.snapshots.copying import (
    Copy,
    best_copy,
    copy_files,
    copy_link,
    copy_tree,
    move_files,
    own,
)
from turbo_hipster_databases.snapshots.names import USER_OVERLAY

OPAQUE = ("trusted.overlay.opaque", "user.overlay.opaque")
DEEPEST = 8
"""Layers that may lie upon each other: the paths of all must fit into the
4096 bytes of options that mount(2) takes."""


def options(body: Body) -> str:
    """Return the mount options of a body's overlay, escaped.

    A mount in a user namespace (the body's technique says so) gets
    ``userxattr``; all get ``volatile``: nothing is synced.  What the kernel
    may be built to do beyond that is turned off, so that an upper layer can
    be read by others.
    """
    assert body.upper
    assert body.scratch
    told = [
        "lowerdir=" + ":".join(_escaped(path) for path in body.lower),
        f"upperdir={_escaped(body.upper)}",
        f"workdir={_escaped(body.scratch)}",
        "volatile",
    ]
    if body.technique == USER_OVERLAY:
        return ",".join([*told, "userxattr"])
    return ",".join([*told, "redirect_dir=off", "metacopy=off", "index=off"])


def _escaped(path: Path) -> str:
    text = str(path)
    for sign in ("\\", ":", ","):
        text = text.replace(sign, f"\\{sign}")
    return text


def flatten(layers: Sequence[Path], target: Path, copy: Copy) -> None:
    """Copy what an overlay of ``layers`` would show into ``target``.

    ``layers`` are those of a body, the topmost first; ``target`` is an empty
    folder.
    """
    *upper, lowest = layers
    copy_tree(lowest, target, copy)
    for layer in reversed(upper):
        copy_files(_laid(layer, target), copy)


def merge(body: Body, target: Path) -> None:
    """Make ``target``, an empty folder, what the overlay of a body showed.

    The body is used up: its changes are moved where they can be.
    """
    assert body.upper
    flatten(body.lower, target, best_copy)
    move_files(_laid(body.upper, target))


def _laid(layer: Path, target: Path) -> list[tuple[str, str]]:
    """Do to ``target`` what a layer does, all but the files: they follow."""
    own(layer.lstat(), target)
    files: list[tuple[str, str]] = []
    _lay(str(layer), str(target), files)
    return files


def _lay(layer: str, target: str, files: list[tuple[str, str]]) -> None:
    with os.scandir(layer) as entries:
        for entry in entries:
            there = f"{target}/{entry.name}"
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                if _opaque(entry.path) or not _folder(there):
                    _remove(there)
                    os.mkdir(there, 0o700)  # noqa: PTH102
                own(status, there)
                _lay(entry.path, there, files)
                continue
            _remove(there)
            if stat.S_ISREG(status.st_mode):
                files.append((entry.path, there))
            elif stat.S_ISLNK(status.st_mode):
                copy_link(entry.path, there)


def _folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)  # noqa: PTH112, PTH114


def _remove(path: str) -> None:
    if _folder(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)  # noqa: PTH108


def _opaque(path: str) -> bool:
    for name in OPAQUE:
        try:
            if os.getxattr(path, name, follow_symlinks=False) == b"y":
                return True
        except OSError:
            continue
    return False
