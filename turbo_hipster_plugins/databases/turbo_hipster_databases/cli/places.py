"""Where the command line finds the snapshots of a configuration."""

from __future__ import annotations

import os
from pathlib import Path

from turbo_hipster.exceptions import RefusedInput
from turbo_hipster_databases.snapshots import Store


def store(state_dir: Path, *, change: bool) -> Store:
    """Return the store below ``state_dir``, which need not exist.

    Raises RefusedInput if we may not read it (or, with ``change``, write).
    """
    folder = state_dir / "plugins" / "databases" / "snapshots"
    wanted = os.R_OK | os.X_OK | (os.W_OK if change else 0)
    seen = folder
    while not seen.exists() and seen.parent != seen:
        if seen.parent.exists() and not os.access(seen.parent, os.X_OK):
            raise _refused(folder)
        seen = seen.parent
    if folder.exists() and not os.access(folder, wanted):
        raise _refused(folder)
    return Store(folder)


def _refused(folder: Path) -> RefusedInput:
    return RefusedInput(
        f"{folder} is not ours to look into; run this as the worker's user"
    )
