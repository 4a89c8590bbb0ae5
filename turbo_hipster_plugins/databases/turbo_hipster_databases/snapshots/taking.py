"""A body that a server was shut down on becomes a snapshot's data."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from turbo_hipster_databases.model import Body
from turbo_hipster_databases.snapshots import overlay
from turbo_hipster_databases.snapshots.copying import best_copy, copy_tree


def upon(body: Body, store: Path) -> str:
    """Return the key of the snapshot that a layer of ``body`` lies upon.

    Empty: it cannot be a layer, since it is no overlay, lies upon no
    snapshot of this store, or upon too many.
    """
    if not body.lower or len(body.lower) >= overlay.DEEPEST:
        return ""
    below = body.lower[0].parent
    return below.name if below.parent == store else ""


def take(body: Body, folder: Path, *, layer: bool) -> None:
    """Move the files of ``body`` into the empty ``folder``.

    ``layer`` takes an overlay's changes alone; else it is merged.
    """
    if body.lower and not layer:
        overlay.merge(body, folder)
        return
    source = body.upper or body.path
    folder.rmdir()
    try:
        os.rename(source, folder)  # noqa: PTH104
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        folder.mkdir(mode=0o700)
        copy_tree(source, folder, best_copy)
        shutil.rmtree(source)
