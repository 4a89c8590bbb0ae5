"""All that is done for one case, in its order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from turbo_hipster.exceptions import CannotJudge
from turbo_hipster_databases.exceptions import HistoryBroken, SeedRefused
from turbo_hipster_databases.model import History
from turbo_hipster_real_db_upgrade.checking import passes
from turbo_hipster_real_db_upgrade.checking.data.breaking.offenders import (
    offence,
)
from turbo_hipster_real_db_upgrade.climbing import ladder
from turbo_hipster_real_db_upgrade.climbing.climb import Climb, Climbed
from turbo_hipster_real_db_upgrade.climbing.rungs import Rung
from turbo_hipster_real_db_upgrade.datasets.workload import workload
from turbo_hipster_real_db_upgrade.ground import Ground
from turbo_hipster_real_db_upgrade.judging import reasons
from turbo_hipster_real_db_upgrade.judging.failing import Looking
from turbo_hipster_real_db_upgrade.judging.judge import Judge
from turbo_hipster_real_db_upgrade.measuring import measured
from turbo_hipster_real_db_upgrade.measuring.rehearsal import (
    Rehearsed,
    rehearse,
)

STEPS = ("climb", "rehearse", "measure")


def planned(case: str) -> list[str]:
    """Return the names of a case's steps."""
    later = (one.name for one in passes.PASSES)
    return [f"{case}: {step}" for step in (*STEPS, *later)]


def run(
    ground: Ground,
    rungs: Sequence[Rung],
    judged: Callable[[History], frozenset[str]],
    judge: Judge,
    remember: Callable[[Climbed], None],
) -> Climbed | None:
    """Climb, rehearse, measure, check; None where there is no history.

    ``remember`` is given what was measured, once it was.  Raises CannotJudge
    when the dataset or an older release is at fault.
    """
    climbing, rehearsing, measuring, *_ = planned(str(ground.case))
    step = ground.context.step
    with step(climbing):
        try:
            built = ladder.build(ground, rungs)
            climbed = Climb(ground, built, judged).to_the_top()
        except SeedRefused as error:
            judge.seed_refused(error)
            raise CannotJudge(f"{ground.case}: {error}") from None
        except HistoryBroken as error:
            judge.history_broken(error)
            return None
    with step(rehearsing):
        rehearsed = rehearse(ground, climbed)
    with step(measuring):
        statements = workload(ground.case.dataset)
        measured.run(ground, climbed, rehearsed, statements)
        judge.judge(climbed, _looking(ground, rehearsed))
    try:
        passes.run(ground, climbed, rehearsed, judge)
    finally:  # once, with the ways back that were measured meanwhile
        remember(climbed)
    return climbed


def _looking(ground: Ground, rehearsed: Sequence[Rehearsed]) -> Looking:
    """Return where to look for the reason when the last step failed."""

    def names() -> set[str]:
        if not rehearsed:
            return set()
        with ground.clone(rehearsed[-1].before.snapshot) as server:
            return reasons.names(ground.engine.schema(server))

    return Looking(
        lambda: offence(ground, rehearsed), names, ground.project.checkout
    )
