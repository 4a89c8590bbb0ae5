"""The past of each step as a picture: builds before, this one, the limit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from turbo_hipster import model
from turbo_hipster_real_db_upgrade.judging.limits import Limit
from turbo_hipster_real_db_upgrade.judging.sentences import seconds
from turbo_hipster_real_db_upgrade.words import Case

BUILDS = 50
"""Before this one that are drawn, the newest."""

PICTURES = 12
"""Of a case: those of the steps that are closest to their limits."""

NEAR = 5.0
"""Times the slowest build: a limit above it would press all else flat."""


@dataclasses.dataclass(frozen=True, slots=True)
class Past:
    """What a step took now and before, and what it may take.

    All in seconds of this machine; ``before`` begins with the oldest build.
    """

    step: str
    now: float
    before: Sequence[float]
    limit: Limit | None

    @property
    def share(self) -> float:
        """How much of its limit it used."""
        return self.now / self.limit.value if self.limit else 0.0


def pictures(case: Case, steps: Sequence[Past]) -> Iterator[model.Chart]:
    """Yield a picture of each step that ran before."""
    known = sorted(
        (one for one in steps if one.before),
        key=lambda one: one.share,
        reverse=True,
    )
    for one in known[:PICTURES]:
        yield _picture(case, one)


def _picture(case: Case, one: Past) -> model.Chart:
    before = one.before[-BUILDS:]
    series = [
        model.Series(
            "builds before",
            tuple(
                (place - len(before), value)
                for place, value in enumerate(before)
            ),
        ),
        model.Series("this build", ((0, one.now),)),
    ]
    title = f"{case}: {one.step} took {seconds(one.now)}"
    if one.limit is not None:
        value = one.limit.value
        title += f" (limit {seconds(value)}, {one.limit.source})"
        if value <= NEAR * max(one.now, *before):
            ends = (-len(before), value), (0, value)
            series.append(model.Series("limit", ends))
    return model.Chart(
        f"history-{case}-{one.step}",
        "line",
        "s",
        tuple(series),
        title,
    )
