"""Overlays: how a body is mounted, and how layers become one folder."""

from __future__ import annotations

from turbo_hipster_databases.model import Body


def options(body: Body) -> str:
    """Return the mount options of a body's overlay, escaped.

    A mount in a user namespace (the body's technique says so) gets
    ``userxattr``; all get ``volatile``: nothing is synced.
    """
    raise NotImplementedError
