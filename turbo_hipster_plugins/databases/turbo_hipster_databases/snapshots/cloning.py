"""A snapshot's data for one server, by any technique."""

from __future__ import annotations

from pathlib import Path

from turbo_hipster_databases.model import Body
from turbo_hipster_databases.snapshots.manifest import Snapshot
from turbo_hipster_databases.snapshots.technique import Technique


def clone(
    snapshot: Snapshot,
    room: Path,
    technique: Technique,
    *,
    mount: bool = True,
) -> Body:
    """Return a body with the snapshot's data, in a new folder of ``room``.

    Its files belong to the snapshot's owner.  With an overlay, nothing is
    mounted yet: ``Body.lower``, ``upper`` and ``scratch`` are set and
    ``path`` is an empty folder; the server's own mount namespace mounts it
    (``overlay.options`` has the options).  ``mount`` is False where there is
    no server that could (SQLite): then an overlay is replaced by a copy.
    Raises SnapshotFailed.
    """
    raise NotImplementedError
