"""What a later pass is given: the new steps of one case, and its means."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from turbo_hipster_real_db_upgrade.checking.budget import Budget
from turbo_hipster_real_db_upgrade.climbing.climb import Climbed
from turbo_hipster_real_db_upgrade.ground import Ground
from turbo_hipster_real_db_upgrade.judging.judge import Judge
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed
from turbo_hipster_real_db_upgrade.words import Took

PASSED, FAILED, LEFT_OUT = "ok", "fails", "not checked"
"""What a pass says of a step in the table of migrations; or its own word."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """One case whose steps were measured; ``name`` is that of the pass."""

    name: str
    ground: Ground
    climbed: Climbed
    rehearsed: Sequence[Rehearsed]
    judge: Judge
    budget: Budget

    def steps(self) -> Iterator[Rehearsed]:
        """Yield each new step that ended, as long as there is budget.

        Those that the budget cuts off are said to be not checked.
        """
        for one in self.rehearsed:
            new = one.link.migration.revision in self.climbed.judged
            if not new or one.after is None:
                continue
            self.ground.go_on()
            if self.budget:
                yield one
            else:
                self.left_out(one, str(self.budget))

    def took(self, step: Rehearsed) -> Took | None:
        """Return how a step ran when it was measured.

        None, which is said to be not checked: one before it failed then.
        """
        for took in self.climbed.new:
            if took.migration.revision == step.link.migration.revision:
                return took
        self.left_out(step, "it was not measured: one before it failed")
        return None

    def mark(self, step: Rehearsed, word: str) -> None:
        """Say in the table of migrations how the pass found a step."""
        of_step = self.climbed.marks.setdefault(
            step.link.migration.revision, {}
        )
        of_step[self.name] = word

    def left_out(self, step: Rehearsed, why: str, what: str = "") -> None:
        """Say that a step, or ``what`` of it, was not checked, and why."""
        if not what:
            self.mark(step, LEFT_OUT)
        told = f"{self.ground.case}: {step.link.migration}, {self.name}"
        self.ground.context.not_checked(
            f"{told} ({what})" if what else told, why
        )
