"""When a step is killed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from turbo_hipster_databases.model import Ran

SHORTEST = 0.05
"""Seconds of a step that can be killed by time."""

SHARES = (25, 50, 75)
"""Per cent of its time at which a step without statements is killed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Point:
    """When a step is killed, in words and as arguments of a stepper."""

    says: str
    how: Mapping[str, Any]


def points(ran: Ran, has_hook: bool) -> list[Point]:
    """Return when to kill a step that ran so; none where it cannot be."""
    if not has_hook or ran.statements is None:
        if ran.seconds < SHORTEST:
            return []
        return [
            Point(
                f"at {share} % of its time",
                {"kill_at": ran.seconds * share / 100},
            )
            for share in SHARES
        ]
    count = len(ran.statements)
    return [
        Point(f"after statement {number} of {count}", {"die_after": number})
        for number in sorted({1, (count + 1) // 2, count})
        if 0 < number <= count
    ]


def why_none(ran: Ran) -> str:
    """Say why a step cannot be killed half-way."""
    if ran.statements is None:
        return (
            f"it takes {ran.seconds * 1000:.0f} ms, too short to be killed "
            "by time"
        )
    return "it runs no statement"
