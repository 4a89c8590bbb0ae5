"""The names of the techniques, as reports show them."""

from __future__ import annotations

SUBVOLUME = "btrfs snapshot"
REFLINK = "reflink"
OVERLAY = "overlay"
USER_OVERLAY = "overlay in a user namespace"
COPY = "copy"
ORDER = (SUBVOLUME, REFLINK, OVERLAY, USER_OVERLAY, COPY)
"""Best first."""
OVERLAYS = (OVERLAY, USER_OVERLAY)
"""Those that a server mounts for itself."""
