"""The ways to clone a snapshot, and which of them works here."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from turbo_hipster.task import TaskContext

SUBVOLUME = "btrfs snapshot"
REFLINK = "reflink"
OVERLAY = "overlay"
USER_OVERLAY = "overlay in a user namespace"
COPY = "copy"
ORDER = (SUBVOLUME, REFLINK, OVERLAY, USER_OVERLAY, COPY)
"""Best first."""


@dataclasses.dataclass(frozen=True, slots=True)
class Technique:
    """The best way to clone here.

    ``name`` is one of ORDER; ``reasons`` says of each better one why it does
    not work.
    """

    name: str
    reasons: Mapping[str, str] = dataclasses.field(default_factory=dict)


def technique(context: TaskContext, store: Path, room: Path) -> Technique:
    """Return the best technique from the folder ``store`` into ``room``.

    Each is tried once per state directory, kernel and user, under a lock,
    and what came of it is recorded in ``technique.json`` in the store.
    """
    raise NotImplementedError
