"""Where the library keeps what outlives a build."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from turbo_hipster.task import TaskContext
from turbo_hipster_databases import disks


def home(context: TaskContext) -> Path:
    """Return the library's own folder, ``STATE_DIR/plugins/databases``.

    It stands beside the folders of the plugins that share it, and holds
    ``snapshots/`` and ``environments/``.
    """
    folder = context.state_dir.with_name("databases")
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder


def room(context: TaskContext) -> Path:
    """Return a new folder of this build, removed with it.

    The house removes the build's own folder however the build ends, so that
    nothing in it needs a sweep of ours.  Raises DiskFull.
    """
    tmp = Path(os.environ.get("TMPDIR") or context.results_dir.parent / "tmp")
    with disks.watched(tmp, "a build can have no folder"):
        tmp.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix="db-", dir=tmp))
