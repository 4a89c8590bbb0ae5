"""Reads what a server added to its log."""

from __future__ import annotations

OVERLAP = 400
"""Characters that are enough to find a place in a log again."""


def fresh(before: str, now: str) -> str:
    """Return what came behind ``before``, both being a log's ends."""
    mark = before[-OVERLAP:]
    if not mark:
        return now
    place = now.rfind(mark)
    return now if place < 0 else now[place + len(mark) :]
