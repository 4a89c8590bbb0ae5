"""The later passes, in their order."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from turbo_hipster_real_db_upgrade.checking.budget import Budget
from turbo_hipster_real_db_upgrade.checking.data import checked as data
from turbo_hipster_real_db_upgrade.checking.halfway import checked as halfway
from turbo_hipster_real_db_upgrade.checking.previous import (
    checked as previous,
)
from turbo_hipster_real_db_upgrade.checking.scale import checked as scale
from turbo_hipster_real_db_upgrade.checking.subject import Subject
from turbo_hipster_real_db_upgrade.checking.undo import checked as undo
from turbo_hipster_real_db_upgrade.climbing.climb import Climbed
from turbo_hipster_real_db_upgrade.ground import Ground
from turbo_hipster_real_db_upgrade.judging.judge import Judge
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed


@dataclasses.dataclass(frozen=True)
class Pass:
    """One pass; ``name`` is its step in the report and in the table."""

    name: str
    check: Callable[[Subject], None]


PASSES: tuple[Pass, ...] = (  # in their order
    Pass("data", data.check),
    Pass("undo", undo.check),
    Pass("kill half-way", halfway.check),
    Pass("previous code", previous.check),
    Pass("scale", scale.check),
)


def run(
    ground: Ground,
    climbed: Climbed,
    rehearsed: Sequence[Rehearsed],
    judge: Judge,
) -> None:
    """Run every pass over the steps that ended."""
    for one in PASSES:
        with ground.context.step(f"{ground.case}: {one.name}"):
            budget = Budget(ground.settings.budget_seconds)
            one.check(
                Subject(one.name, ground, climbed, rehearsed, judge, budget)
            )
