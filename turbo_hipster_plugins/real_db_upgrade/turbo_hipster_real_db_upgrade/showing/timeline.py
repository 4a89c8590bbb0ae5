"""Steps over time, with whom they hold up and what they lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from turbo_hipster import model
from turbo_hipster_databases.model import Direction
from turbo_hipster_real_db_upgrade.climbing.climb import Climbed
from turbo_hipster_real_db_upgrade.words import Case, Took

MOST = 20
"""Steps that are drawn, those that took longest; each has a lane."""

Points = tuple[tuple[float, float], ...]


def pictures(climbs: Mapping[Case, Climbed]) -> Iterator[model.Chart]:
    """Yield a timeline of the measured steps of each case."""
    for case, climbed in climbs.items():
        took = [one for one in climbed.new if one.direction is Direction.UP]
        if took:
            yield model.Chart(
                f"timeline-{case}",
                "timeline",
                "s",
                tuple(_series(took)),
                f"{case}: what happened when",
            )


def _series(took: list[Took]) -> Iterator[model.Series]:
    start = min(one.began for one in took)
    longest = sorted(took, key=lambda one: one.ran.seconds)[-MOST:]
    for one in sorted(longest, key=lambda one: one.began):
        yield model.Series(
            f"step {one.step}", ((one.began - start, one.ran.seconds),)
        )
    for name, kinds in (
        ("writers wait", ("write", "transaction")),
        ("readers wait", ("read",)),
    ):
        points = tuple(_stalls(took, start, kinds))
        if points:
            yield model.Series(name, points)
    for blocks in ("writes", "reads and writes"):
        points = tuple(_locks(took, start, blocks))
        if points:
            yield model.Series(f"locks against {blocks}", points)


def _stalls(
    took: Iterable[Took], start: float, kinds: tuple[str, ...]
) -> Iterator[tuple[float, float]]:
    """Yield the longest wait of each step, of all its tables."""
    for one in took:
        stall = one.traffic.longest(*kinds) if one.traffic else None
        if stall is not None:
            # one that is felt at the very end may begin a bit before or after
            at = min(max(stall.at, 0.0), one.ran.seconds)
            yield one.began - start + at, stall.seconds


def _locks(
    took: Iterable[Took], start: float, blocks: str
) -> Iterator[tuple[float, float]]:
    """Yield the longest lock of each step; it is let go at the end."""
    for one in took:
        held = [
            lock.seconds
            for lock in (one.measured.locks if one.measured else ())
            if lock.blocks == blocks and lock.seconds > 0
        ]
        if held:
            end = one.began - start + one.ran.seconds
            longest = min(max(held), one.ran.seconds)
            yield end - longest, longest
