"""Subvolumes of btrfs, which the file system clones as a whole.

The calls are those of linux/btrfs.h; any user may make them in a folder of
its own, and remove an empty subvolume with rmdir(2).
"""

from __future__ import annotations

import fcntl
import os
import struct
from pathlib import Path

CREATE = 0x5000940E
SNAPSHOT = 0x50009401
FIRST = 256
"""The inode of a subvolume's root (BTRFS_FIRST_FREE_OBJECTID)."""


def create(folder: Path) -> None:
    """Make an empty subvolume; raises OSError on other file systems."""
    _call(CREATE, folder, 0)


def snapshot(source: Path, target: Path) -> None:
    """Make ``target`` a writable clone of the subvolume ``source``."""
    descriptor = os.open(source, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _call(SNAPSHOT, target, descriptor)
    finally:
        os.close(descriptor)


def is_one(folder: Path) -> bool:
    """Say whether the folder is a subvolume's root, where it is on btrfs."""
    return folder.stat().st_ino == FIRST


def _call(request: int, target: Path, source: int) -> None:
    # struct btrfs_ioctl_vol_args: a descriptor, a name of 4087 bytes
    name = os.fsencode(target.name)
    told = bytearray(struct.pack("=q4088s", source, name))
    parent = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.ioctl(parent, request, told)
    finally:
        os.close(parent)
