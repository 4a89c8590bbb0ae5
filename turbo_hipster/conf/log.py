"""Options of oslo.log, which stand in ``[DEFAULT]`` too.

oslo.log is imported only when asked for: the fork server and its children
must not carry it.
"""

from __future__ import annotations

import functools
import importlib.metadata

from oslo_config import cfg


@functools.cache
def options() -> tuple[cfg.Opt, ...]:
    """Return oslo.log's options, as its own sample generator lists them."""
    points = importlib.metadata.entry_points(
        group="oslo.config.opts", name="oslo.log"
    )
    return tuple(
        option
        for point in points
        for _group, options in point.load()()
        for option in options
    )
