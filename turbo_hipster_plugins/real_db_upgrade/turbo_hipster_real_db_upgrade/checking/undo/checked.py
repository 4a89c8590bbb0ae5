"""TH-R301: a step can be undone on this data, in time and without a loss.

Its way back is run on the state after it, timed, locked and probed like the
way up.  Then the state is compared with the one before the step.  What the
step added goes, of course; whatever was there before must be there again:
the schema, the rows, and the values.  That a step has no way back, and says
so, is no fault.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from turbo_hipster import model
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.history.words import TIMES
from turbo_hipster_databases.model import Failure
from turbo_hipster_databases.schema import comparing, wording
from turbo_hipster_databases.schema.model import BOOKKEEPING, Schema
from turbo_hipster_real_db_upgrade.catalogue.model import NoCatalogue
from turbo_hipster_real_db_upgrade.checking.bounding import CutOff
from turbo_hipster_real_db_upgrade.checking.subject import (
    FAILED,
    LEFT_OUT,
    PASSED,
    Subject,
)
from turbo_hipster_real_db_upgrade.checking.undo import lost
from turbo_hipster_real_db_upgrade.checking.undo.going_down import go_down
from turbo_hipster_real_db_upgrade.checking.undo.lost import Lost
from turbo_hipster_real_db_upgrade.judging import ids, reasons, sentences
from turbo_hipster_real_db_upgrade.judging.figures import figures
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed
from turbo_hipster_real_db_upgrade.words import Took

NO_WAY_BACK = "no downgrade"
MOST_SAID = 3
"""Losses that a sentence names."""


def check(subject: Subject) -> None:
    """Undo each new step, and compare."""
    for step in subject.steps():
        took = subject.took(step)
        if took is None:
            continue
        up = took.ran.seconds
        if up > subject.budget.left:
            subject.left_out(
                step,
                f"its way up took {sentences.seconds(up)}, and "
                f"{sentences.seconds(subject.budget.left)} of the budget of "
                f"{subject.budget.seconds:g} s are left",
            )
        elif step.link.migration.can_undo is False:
            _no_way_back(subject, step)
        else:
            _Step(subject, step).check()


def _no_way_back(subject: Subject, step: Rehearsed) -> None:
    subject.mark(step, NO_WAY_BACK)
    subject.judge.point(
        ids.UNDOING,
        step.link,
        "has no downgrade, and says so",
        measured=NO_WAY_BACK,
        advice="See that a backup is made before it runs.",
        severity=model.Severity.NOTE,
    )


class _Step:
    """One step on its way back."""

    def __init__(self, subject: Subject, step: Rehearsed) -> None:
        self._subject = subject
        self._ground = subject.ground
        self._step = step
        self._well, self._whole = True, True

    def check(self) -> None:
        """Undo it, and point at what is wrong."""
        step = self._step
        assert step.after is not None
        with self._ground.clone(step.after.snapshot) as server:
            after = self._schema(server)
            took = go_down(self._ground, server, step)
            failure = took.ran.failure
            if failure is not None and failure.kind == "not_implemented":
                _no_way_back(self._subject, step)
                return
            self._subject.climbed.undone.append(took)
            with self._ground.clone(step.before.snapshot) as old:
                before = self._schema(old)
                if failure is not None:
                    self._failed(failure, reasons.names(before, after))
                else:
                    self._within_limits(took)
                    self._compare(took, before, (old, server))
        word = PASSED if self._whole else LEFT_OUT
        self._subject.mark(step, word if self._well else FAILED)

    def _schema(self, server: Server) -> Schema:
        return self._ground.engine.schema(server).without(*BOOKKEEPING)

    def _failed(self, failure: Failure, names: Collection[str]) -> None:
        engine = self._ground.engine.name
        self._point(
            f"cannot be undone: {reasons.told(failure, names, engine)}",
            measured=failure.code or failure.kind,
            advice="Mend its downgrade; or raise NotImplementedError in it "
            "to say that there is no way back.",
            detail=reasons.detail(
                failure, engine, self._ground.project.checkout
            ),
        )

    def _within_limits(self, took: Took) -> None:
        judge = self._subject.judge
        for quantity, value in figures(took).items():
            if quantity not in TIMES:
                continue
            allowed = judge.allowed.limit(took.step, quantity)
            if allowed is None or value <= allowed.value:
                continue
            _, _, said = sentences.over(
                self._ground.case, took, quantity, value, allowed
            ).partition(f"{took.step} ")
            self._point(
                f"{said.partition(' (limit ')[0]} when it is undone (limit "
                f"{sentences.seconds(allowed.value)}, {allowed.source})",
                measured=round(value, 3),
                limit=round(allowed.value, 3),
                limit_source=allowed.source,
                advice=sentences.ADVICE[quantity],
            )

    def _compare(
        self, took: Took, before: Schema, states: tuple[Server, Server]
    ) -> None:
        traces = comparing.compare(before, self._schema(states[1]))
        shown = comparing.render(traces)
        try:
            gone, meant = self._lost(took, before, states)
        except NoCatalogue as error:
            self._subject.left_out(self._step, str(error), "data")
            gone, meant = [], []
        if gone:
            self._point(
                f"loses data when it is undone: {_listed(gone)}",
                table=gone[0].table,
                measured=sum(one.count for one in gone),
                advice="Keep what it takes away until nobody may want to go "
                "back any more, one release at least; or raise "
                "NotImplementedError in its downgrade.",
                detail="\n".join([*map(str, gone), *filter(None, [shown])]),
            )
        elif traces:
            thing = traces[0].thing
            more = len(traces) - 1
            self._point(
                "leaves a trace when it is undone: "
                f"{wording.where(thing.path, thing.facts)} "
                f"{_WORDS.get(traces[0].kind, 'is different')}"
                + (f", and {more} more" if more else ""),
                table=thing.path[1] if thing.path[0] == "table" else "",
                measured=len(traces),
                advice="Let its downgrade take back everything that its "
                "upgrade made, and nothing else.",
                detail=shown,
            )
        if meant:
            self._subject.judge.point(
                ids.UNDOING,
                self._step.link,
                f"is undone without what it changed: {_listed(meant)}",
                table=meant[0].table,
                measured=sum(one.count for one in meant),
                advice="Nothing needs to be done if the previous code works "
                "with them as they are now.",
                detail="\n".join(map(str, meant)),
                severity=model.Severity.NOTE,
            )

    def _lost(
        self, took: Took, schema: Schema, states: tuple[Server, Server]
    ) -> tuple[list[Lost], list[Lost]]:
        """Return what the way back lost, and what the way up meant to."""
        before, undone = states
        was, now = lost.tables(before), lost.tables(undone)
        statements = took.ran.statements
        if statements is not None and self._step.statements is not None:
            statements = (*statements, *self._step.statements)
        else:
            statements = None
        names = lost.reached(statements, self._step.tables, was, schema)
        found: list[Lost] = []
        budget = self._subject.budget
        with lost.comparer(before, undone, budget) as comparer:
            for place, name in enumerate(names):
                without = lost.clocks(schema, name)
                try:
                    found += lost.lost(
                        comparer, was[name], now.get(name), without
                    )
                except CutOff as cut:
                    self._gap(cut, names[place:])
                    break
        if not found:
            return [], []
        assert self._step.after is not None
        with (
            self._ground.clone(self._step.after.snapshot) as up,
            lost.Blame(before, up, undone, budget) as blame,
        ):
            try:
                meant = [
                    one for one in found if blame.of_up(one, was[one.table])
                ]
            except CutOff as cut:  # it may have been meant
                self._gap(cut, sorted({one.table for one in found}))
                return [], []
        return [one for one in found if one not in meant], meant

    def _gap(self, cut: CutOff, names: Sequence[str]) -> None:
        self._whole = False
        self._subject.left_out(
            self._step, str(cut), f"data of {', '.join(names)}"
        )

    def _point(
        self,
        says: str,
        *,
        table: str = "",
        measured: float | str | None = None,
        limit: float | None = None,
        limit_source: str = "",
        advice: str = "",
        detail: str = "",
    ) -> None:
        self._well = False
        self._subject.judge.point(
            ids.UNDOING,
            self._step.link,
            says,
            table=table,
            measured=measured,
            limit=limit,
            limit_source=limit_source,
            advice=advice,
            detail=detail,
        )


_WORDS = {
    comparing.ADDED: "is left over",
    comparing.REMOVED: "is missing",
}


def _listed(found: Sequence[Lost]) -> str:
    said = ", ".join(map(str, found[:MOST_SAID]))
    more = len(found) - MOST_SAID
    return f"{said} and {more} more" if more > 0 else said
