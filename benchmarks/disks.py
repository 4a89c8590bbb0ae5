"""File systems that can share blocks, in a file that is mounted."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

PROGRAMS = {
    "xfs": ("mkfs.xfs", "-q", "-m", "reflink=1"),
    "btrfs": ("mkfs.btrfs", "-q"),
}
SIZE = 12 * 2**30
"""Bytes; only what is used takes space."""


def available() -> list[str]:
    """Return the kinds that can be made here: none unless we are root."""
    if os.geteuid() != 0:
        return []
    return [kind for kind, argv in PROGRAMS.items() if shutil.which(argv[0])]


@contextlib.contextmanager
def disk(kind: str, folder: Path) -> Iterator[Path]:
    """Make one in ``folder`` and mount it for a while."""
    image, place = folder / f"{kind}.image", folder / kind
    place.mkdir(exist_ok=True)
    with image.open("wb") as file:
        file.truncate(SIZE)
    try:
        run(*PROGRAMS[kind], str(image))
        run("mount", "-o", "loop", str(image), str(place))
        try:
            yield place
        finally:
            run("umount", str(place))
    finally:
        image.unlink()
        place.rmdir()


def run(*argv: str) -> None:
    """Run a program; raises RuntimeError with what it said."""
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{argv[0]} failed: {done.stderr or done.stdout}")
