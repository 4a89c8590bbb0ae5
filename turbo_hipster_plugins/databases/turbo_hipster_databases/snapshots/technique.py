"""The ways to clone a snapshot, and which of them works here."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from turbo_hipster.task import TaskContext
from turbo_hipster_databases import disks
from turbo_hipster_databases.exceptions import SnapshotFailed
from turbo_hipster_databases.snapshots import locks, removing, trial
from turbo_hipster_databases.snapshots.names import (
    COPY,
    ORDER,
    Technique,
)

RECORD = "technique.json"
REMEMBERED = 20
"""Places that are remembered; a store rarely sees more than one."""


def technique(context: TaskContext, store: Path, room: Path) -> Technique:
    """Return the best technique from the folder ``store`` into ``room``.

    Each is tried once per store, kernel, user and disk of ``room``, under a
    lock, and what came of it is recorded in ``technique.json`` in the store.
    Raises SnapshotFailed if not even a copy can be made, and DiskFull: then
    nothing was found out, and nothing is recorded.
    """
    place = _place(store, room)
    found = _recorded(store).get(place)
    if found:
        return found
    with disks.watched(store, "no way to clone can be tried"):
        return _tried(context, store, room, place)


def _tried(
    context: TaskContext, store: Path, room: Path, place: str
) -> Technique:
    """Try what nobody tried yet; it is our turn, or was another's."""
    lock = locks.take(store / ".technique", create=True)
    if lock is None:
        raise SnapshotFailed(f"{store} is no folder")
    try:
        for left in store.glob(f"{trial.PREFIX}*"):  # by who was killed
            removing.remove(left)
        recorded = _recorded(store)
        if place not in recorded:
            recorded[place] = _try_all(context, store, room)
            _record(store, recorded)
            context.log.info(
                "snapshots are cloned by %s%s",
                recorded[place].name,
                "".join(
                    f"; {name} does not work: {why}"
                    for name, why in recorded[place].reasons.items()
                ),
            )
        return recorded[place]
    finally:
        os.close(lock)


def _place(store: Path, room: Path) -> str:
    """Name what the outcome depends on."""
    return (
        f"kernel {os.uname().release}, user {os.geteuid()}, "
        f"disk {store.stat().st_dev} to {room.stat().st_dev}"
    )


def _try_all(context: TaskContext, store: Path, room: Path) -> Technique:
    reasons: dict[str, str] = {}
    for name in ORDER:
        why = trial.works(context, name, store, room)
        if not why:
            return Technique(name, reasons)
        reasons[name] = why
    raise SnapshotFailed(
        f"nothing can be copied from {store} to {room}: {reasons[COPY]}"
    )


def _recorded(store: Path) -> dict[str, Technique]:
    """Return what was found out earlier; a damaged record is none."""
    try:
        told = json.loads((store / RECORD).read_text(encoding="utf-8"))
        return {
            place: Technique(row["technique"], dict(row["reasons"]))
            for place, row in told.items()
            if row["technique"] in ORDER
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _record(store: Path, found: Mapping[str, Technique]) -> None:
    rows = {
        place: {"technique": one.name, "reasons": one.reasons}
        for place, one in list(found.items())[-REMEMBERED:]
    }
    new = store / f".{RECORD}.new"
    new.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    new.replace(store / RECORD)
