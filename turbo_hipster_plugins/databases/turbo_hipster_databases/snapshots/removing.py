"""Folders are removed, also what a kernel's overlay left closed in them."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as we may."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        loosen(folder)
        shutil.rmtree(folder, ignore_errors=True)


def loosen(folder: Path) -> None:
    """Let an ordinary user into all below ``folder``.

    The kernel makes folders in an overlay's ``scratch`` that nobody but root
    may look into.
    """
    for parent, names, _files in os.walk(folder):
        for path in (Path(parent, name) for name in names):
            if not path.is_symlink():
                with contextlib.suppress(OSError):  # it is somebody else's
                    path.chmod(0o700)
