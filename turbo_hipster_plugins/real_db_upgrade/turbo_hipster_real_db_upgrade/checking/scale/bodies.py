"""Thinned bodies: the data before a step, with a part of its rows.

Each is a layer, known by the content of what it was made from, so that the
next build of the same change finds it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json

from turbo_hipster_real_db_upgrade import scaling
from turbo_hipster_real_db_upgrade.climbing.layers import Layer
from turbo_hipster_real_db_upgrade.ground import Ground

WHOLE = 100.0
THINNING = "1"
"""Changes when thinning would keep other rows."""


def thinned(ground: Ground, before: Layer, size: float) -> Layer:
    """Return ``before`` with ``size`` per cent of its rows."""
    if size >= WHOLE:
        return before
    told = json.dumps(["thinned", THINNING, before.digest, size])
    digest = hashlib.sha256(told.encode()).hexdigest()[:32]
    known = ground.layers.find(digest)
    if known is not None:
        return known
    with ground.clone(before.snapshot) as server:
        with contextlib.closing(server.connect()) as connection:
            scaling.thin(ground.engine.name, connection, size / WHOLE)
        return ground.layers.keep(
            server, digest, before.reached, f"{size:g} % of {before.name}"
        )
