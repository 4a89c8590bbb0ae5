"""TH-R302: a step that was killed half-way can be run again on this data.

The step runs on the state before it and its process is killed after its
first, its middle and its last statement; where the tool lets us see none,
after a quarter, half and three quarters of its time.  When the server is
done with what is left, the tool is started anew, as an operator would, and
the end is held against that of an undisturbed run.

Where all of the step was done and only the tool's own note of it is missing,
nothing is half: an operator notes it by hand.  That is no finding; the table
of migrations says so.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.model import Failure, Ran
from turbo_hipster_databases.schema import wording
from turbo_hipster_databases.schema.comparing import compare, render
from turbo_hipster_databases.schema.model import BOOKKEEPING, Schema
from turbo_hipster_databases.servers import sessions
from turbo_hipster_real_db_upgrade.catalogue.reading import READERS
from turbo_hipster_real_db_upgrade.checking.bounding import CutOff
from turbo_hipster_real_db_upgrade.checking.halfway.ending import (
    Ending,
)
from turbo_hipster_real_db_upgrade.checking.halfway.harm import (
    Harm,
    found_lines,
    told,
)
from turbo_hipster_real_db_upgrade.checking.halfway.points import (
    Point,
    points,
    why_none,
)
from turbo_hipster_real_db_upgrade.checking.subject import (
    FAILED,
    PASSED,
    Subject,
)
from turbo_hipster_real_db_upgrade.checking.undo import lost
from turbo_hipster_real_db_upgrade.climbing import downfall
from turbo_hipster_real_db_upgrade.judging import ids, reasons, sentences
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed

NOTE_BY_HAND = "note by hand"
"""All was done, and the tool does not know."""

DEAREST = 2
"""Runs of a step that a point costs: up to the kill, and once more."""

SETTLING = 60.0
"""Seconds that a server has at least for what a killed process left."""


def check(subject: Subject) -> None:
    """Kill each new step, and run it again."""
    hook = subject.ground.tool.has_statement_hook
    for step in subject.steps():
        took = subject.took(step)
        if took is None:
            continue
        ran = took.ran
        where = points(ran, hook)
        if not where:
            subject.left_out(step, why_none(ran))
            continue
        with _Step(subject, step, ran) as killing:
            killing.check(where)


class _Step:
    """One step that is killed, again and again."""

    def __init__(self, subject: Subject, step: Rehearsed, ran: Ran) -> None:
        self._subject = subject
        self._ground = subject.ground
        self._step = step
        self._ran = ran
        self._done = 0
        self._by_hand = False
        self._stack = contextlib.ExitStack()
        self._before: Schema
        self._after: Schema
        self._ending: Ending | None = None

    def __enter__(self) -> _Step:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def check(self, where: Sequence[Point]) -> None:
        """Kill it at these points, as far as there is time."""
        cut = [point.says for point in where if not self._affordable()]
        if len(cut) == len(where):
            self._subject.left_out(self._step, self._too_dear())
            return
        self._look_around()
        harm: list[Harm] = []
        late: list[str] = []
        for point in where:
            self._ground.go_on()
            if self._affordable():
                try:
                    harm += self._killed(point)
                except CutOff as cut:
                    self._gap([point.says], str(cut))
            else:
                late.append(point.says)
        if late:
            self._gap(late, self._too_dear())
        if harm:
            self._tell(harm)
            self._subject.mark(self._step, FAILED)
        elif self._done:
            word = NOTE_BY_HAND if self._by_hand else PASSED
            self._subject.mark(self._step, word)
        else:
            self._subject.left_out(self._step, "it was killed at no point")

    def _affordable(self) -> bool:
        return DEAREST * self._ran.seconds < self._subject.budget.left

    def _too_dear(self) -> str:
        took = sentences.seconds(DEAREST * self._ran.seconds)
        left = sentences.seconds(self._subject.budget.left)
        return (
            f"each point takes about {took}, and {left} of the budget of "
            f"{self._subject.budget.seconds:g} s are left"
        )

    def _gap(self, says: Sequence[str], why: str) -> None:
        what = f"killed {', '.join(says)}"
        self._subject.left_out(self._step, why, what)

    def _look_around(self) -> None:
        """Read the states around the step; the one after stays at hand."""
        assert self._step.after is not None
        with self._ground.clone(self._step.before.snapshot) as server:
            self._before = self._schema(server)
        after = self._stack.enter_context(
            self._ground.clone(self._step.after.snapshot)
        )
        self._after = self._schema(after)
        if self._ground.engine.name not in READERS:
            return
        names = lost.reached(
            self._ran.statements,
            self._step.tables,
            lost.tables(after),
            self._after,
        )
        self._ending = Ending(
            after, self._after, names, self._twin, self._subject.budget
        )

    @contextlib.contextmanager
    def _twin(self) -> Iterator[Server | None]:
        if self._ran.seconds > self._subject.budget.left:
            yield None
            return
        with self._ground.clone(self._step.before.snapshot) as server:
            yield server if self._again(server) is None else None

    def _schema(self, server: Server) -> Schema:
        return self._ground.engine.schema(server).without(*BOOKKEEPING)

    def _again(self, server: Server) -> Failure | None:
        """Run the step as an operator would; return why it fails."""
        with self._ground.stepper(server) as stepper:
            if set(stepper.current()) == set(self._step.link.reached):
                return None
            ran = stepper.step(
                self._step.link.migration,
                timeout=self._ground.settings.step_timeout,
            )
            downfall.is_lost(self._ground.case, server, ran)
        return ran.failure

    def _killed(self, point: Point) -> Iterator[Harm]:
        """Yield what harm it does to be killed there, at most once."""
        with self._ground.clone(self._step.before.snapshot) as server:
            if not self._kill(server, point):
                return
            self._done += 1
            left = self._schema(server)
            failure = self._again(server)
            if failure is not None:
                if server.alive() and self._is_whole(left, server):
                    self._by_hand = True
                    return
                why = self._why(failure, left)
                yield Harm(
                    point,
                    f"cannot be run again: {why}",
                    reasons.detail(
                        failure,
                        self._ground.engine.name,
                        self._ground.project.checkout,
                    ),
                    render(compare(self._before, left)),
                )
                return
            says, lines = self._ends_otherwise(server)
            if says:
                changes = render(compare(self._before, left))
                yield Harm(point, says, lines, changes)

    def _kill(self, server: Server, point: Point) -> bool:
        """Kill it; what stands in the way is said."""
        timeout = self._ground.settings.step_timeout
        with self._ground.stepper(server) as stepper:
            ran = stepper.step(
                self._step.link.migration, timeout=timeout, **point.how
            )
        downfall.is_lost(self._ground.case, server, ran)
        if not ran.died:
            why = "it was done before"
            if ran.failure is not None:
                why = self._why(ran.failure)
            self._gap([point.says], f"it could not be killed there: {why}")
            return False
        patience = max(SETTLING, self._subject.budget.left)
        if not sessions.alone(server, patience, self._ground.over):
            self._ground.go_on()
            why = f"the server was still at work on it after {patience:.0f} s"
            self._gap([point.says], why)
            return False
        return True

    def _why(self, failure: Failure, *left: Schema) -> str:
        known = reasons.names(self._before, self._after, *left)
        return reasons.told(failure, known, self._ground.engine.name)

    def _is_whole(self, left: Schema, server: Server) -> bool:
        """Say whether all of the step was done by the time it was killed."""
        if left != self._after or self._schema(server) != self._after:
            return False
        if self._ending is None:
            return True
        found = self._ending.others(server)
        if found is None:  # it may be whole
            raise CutOff(self._too_dear())
        return found == {}

    def _ends_otherwise(self, server: Server) -> tuple[str, str]:
        """Return in what it is not as after an undisturbed run, or nothing."""
        other = compare(self._after, self._schema(server))
        if other:
            thing = other[0].thing
            where = wording.where(thing.path, thing.facts)
            more = f", and {len(other) - 1} more" if len(other) > 1 else ""
            return (
                f"ends in another schema when it is run again: {where}{more}",
                render(other),
            )
        found = self._ending.others(server) if self._ending else {}
        if found is None:
            self._subject.left_out(
                self._step, self._too_dear(), "what differs was seen once"
            )
            return "", ""
        if not found:
            return "", ""
        lines = list(found_lines(found))
        more = f", and {len(lines) - 1} more" if len(lines) > 1 else ""
        return (
            f"ends in other data when it is run again: {lines[0]}{more}",
            "\n".join(lines),
        )

    def _tell(self, harm: Sequence[Harm]) -> None:
        self._subject.judge.point(
            ids.NOT_RERUNNABLE,
            self._step.link,
            f"killed half-way {harm[0].says}",
            measured="killed " + "; ".join(one.point.says for one in harm),
            advice="Let each statement bear to be run again (IF NOT EXISTS, "
            "a look at what is there), or make it a migration of its own.",
            detail="\n\n".join(told(harm)),
        )
