"""Containment by descent: works everywhere, for everybody."""

from __future__ import annotations

import os

from turbo_hipster.builds.containment import proc, technique


class Descendants(technique.Technique):
    """The keeper is a sub-reaper and walks over its descendants.

    Contains accidents of every kind.  A build may still signal other
    processes of its user, and one that forks faster than we kill is ended
    only by the process limit.
    """

    name = "descendants"
    strength = (
        "a walk over the descendants: contains accidents, but neither a "
        "hostile 'kill -9 -1' nor a fork bomb"
    )

    def processes(self) -> list[int]:
        """Return the descendants of the calling process."""
        return proc.children_tree(os.getpid())
