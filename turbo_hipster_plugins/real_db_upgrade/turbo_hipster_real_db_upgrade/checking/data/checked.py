"""The pass itself: each new step's state before is held against its after."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence

from turbo_hipster_databases.model import Measured
from turbo_hipster_real_db_upgrade.catalogue.model import Table
from turbo_hipster_real_db_upgrade.checking.bounding import CutOff
from turbo_hipster_real_db_upgrade.checking.data import (
    changes,
    invariants,
    losses,
)
from turbo_hipster_real_db_upgrade.checking.data.comparing.model import (
    Comparer,
)
from turbo_hipster_real_db_upgrade.checking.data.fates import Fate, fate
from turbo_hipster_real_db_upgrade.checking.data.held import Held, hold
from turbo_hipster_real_db_upgrade.checking.data.saying import Voice
from turbo_hipster_real_db_upgrade.checking.data.shown import Shown
from turbo_hipster_real_db_upgrade.checking.data.stating import (
    State,
    States,
    comparing,
)
from turbo_hipster_real_db_upgrade.checking.data.story import Story
from turbo_hipster_real_db_upgrade.checking.data.surroundings import (
    Surroundings,
)
from turbo_hipster_real_db_upgrade.checking.subject import (
    FAILED,
    LEFT_OUT,
    PASSED,
    Subject,
)
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed

BY_ITSELF = "OPERATOR(pg_catalog."
"""Is in the statements by which PostgreSQL itself follows foreign keys."""


def check(subject: Subject) -> None:
    """Judge what each new step does to the data."""
    states = States(subject.ground)
    with contextlib.closing(states):
        for step in subject.steps():
            assert step.after is not None
            before, after = states.of(step.before, step.after)
            _Step(subject, step, before, after).judge()


class _Step:
    """One step between two states."""

    def __init__(
        self, subject: Subject, step: Rehearsed, before: State, after: State
    ) -> None:
        self._subject = subject
        self._step = step
        self._before, self._after = before, after
        self._voice = Voice(subject.judge, step.link)
        self._shown = Shown(subject, step)

    def judge(self) -> None:
        began = time.monotonic()
        story = self._story()
        well, left = True, []
        budget = self._subject.budget
        with comparing(self._before, self._after, budget) as comparer:
            for table in self._smallest_first(comparer):
                self._subject.ground.go_on()
                found = fate(story, table.name, self._after.tables)
                try:
                    well &= self._table(comparer, table, found)
                except CutOff:  # so are all that come behind it
                    left.append(table.name)
        well &= invariants.judge(
            self._subject, self._step, self._voice, self._before, self._after
        )
        if left:
            self._subject.left_out(
                self._step,
                str(budget),
                f"tables {', '.join(left)}",
            )
        word = LEFT_OUT if left else PASSED
        self._subject.mark(self._step, word if well else FAILED)
        self._shown.done(time.monotonic() - began)

    def _story(self) -> Story:
        """Read the statements; what cannot be seen may be anything."""
        engine = self._subject.ground.case.engine
        around = Surroundings(
            engine, (self._before.schema(), self._after.schema())
        )
        story = Story(engine, self._before.tables, around.routines)
        seen = self._step.statements
        for statement in seen or ():
            story.tell(statement)
        further = list(self._further())
        for statement in further:
            if seen is None:
                story.unseen(statement)
            else:
                story.tell(statement, tables=False)
        if seen is None:
            if not further:
                story.unseen(" ".join(story.bodies))
            self._subject.left_out(
                self._step,
                "the tool does not show its statements",
                "what the step had a reason to touch in "
                + ("the tables that it names" if further else "any table"),
            )
        around.follow(story)
        return story

    def _further(self) -> Iterator[str]:
        """Yield what the server saw, also past the tool's own hook."""
        if self._subject.ground.case.dataset.workload is not None:
            return  # those statements would be taken for the step's
        measured = self._measured()
        for statement in measured.statements if measured else ():
            if BY_ITSELF not in statement.text:
                yield statement.text

    def _measured(self) -> Measured | None:
        for took in self._subject.climbed.took:
            if took.migration.revision == self._step.link.migration.revision:
                return took.measured
        return None

    def _smallest_first(self, comparer: Comparer) -> Sequence[Table]:
        try:
            sizes = {
                name: comparer.size(table)
                for name, table in self._before.tables.items()
            }
        except CutOff:
            return list(self._before.tables.values())
        names = sorted(sizes, key=lambda name: (sizes[name], name))
        return [self._before.tables[name] for name in names]

    def _table(self, comparer: Comparer, table: Table, found: Fate) -> bool:
        if found.now is None:
            count = comparer.rows(table)
            self._shown.gone(found, count)
            return losses.gone(self._voice, found, count)
        held: Held = hold(
            comparer, found, table, self._after.tables[found.now]
        )
        self._shown.held(held)
        changes.dropped(self._voice, comparer, held)
        well = losses.judge(self._voice, held)
        return changes.judge(self._voice, held) and well
