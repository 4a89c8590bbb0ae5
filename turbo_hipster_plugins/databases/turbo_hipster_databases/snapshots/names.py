"""The techniques by their names, as reports show them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

SUBVOLUME = "btrfs snapshot"
REFLINK = "reflink"
OVERLAY = "overlay"
USER_OVERLAY = "overlay in a user namespace"
COPY = "copy"
ORDER = (SUBVOLUME, REFLINK, OVERLAY, USER_OVERLAY, COPY)
"""Best first."""
OVERLAYS = (OVERLAY, USER_OVERLAY)
"""Those that a server mounts for itself."""


@dataclasses.dataclass(frozen=True, slots=True)
class Technique:
    """The best way to clone here.

    ``name`` is one of ORDER; ``reasons`` says of each better one why it does
    not work.
    """

    name: str
    reasons: Mapping[str, str] = dataclasses.field(default_factory=dict)
