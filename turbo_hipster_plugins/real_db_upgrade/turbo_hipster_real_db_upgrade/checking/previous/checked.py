"""TH-R303: while a deploy rolls, the previous code still works.

Two copies of a service run side by side: the new one on the new schema, and
for a while the previous one, too.  What the previous code does to each table
is tried on the state before the step and on the one after it; what worked
before and fails then is the finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from turbo_hipster_databases.exceptions import ServerFailed
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_databases.snapshots import Snapshot
from turbo_hipster_real_db_upgrade.catalogue.reading import READERS, read
from turbo_hipster_real_db_upgrade.checking.previous import wording
from turbo_hipster_real_db_upgrade.checking.previous.code import Code, code
from turbo_hipster_real_db_upgrade.checking.previous.desk import Desk, Fault
from turbo_hipster_real_db_upgrade.checking.previous.trying import (
    INSERT,
    UPDATE,
    Deed,
    Tried,
    broken,
    tried,
)
from turbo_hipster_real_db_upgrade.checking.subject import (
    FAILED,
    PASSED,
    Subject,
)
from turbo_hipster_real_db_upgrade.datasets.workload import workload
from turbo_hipster_real_db_upgrade.judging import ids
from turbo_hipster_real_db_upgrade.judging.scrubbing import normalised
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed

WORKLOAD = "workload"


def check(subject: Subject) -> None:
    """Try the previous code's statements around each new step."""
    engine = subject.ground.engine.name
    statements = workload(subject.ground.case.dataset)
    for step in subject.steps():
        if engine not in READERS:
            subject.left_out(step, f"the tables of {engine} cannot be read")
            continue
        _Step(subject, step, statements).check()


class _Step:
    """One step, and what the previous code does around it."""

    def __init__(
        self, subject: Subject, step: Rehearsed, statements: Sequence[str]
    ) -> None:
        self._subject = subject
        self._step = step
        self._statements = statements
        self._names: set[str] = set()

    def check(self) -> None:
        """Try all of it, and point at what fails."""
        step = self._step
        assert step.after is not None
        known, before = self._before(step.before.snapshot)
        after = self._after(step.after.snapshot, known)
        found: dict[str, dict[Deed, Fault]] = {}
        for deed, fault in broken(before, after).items():
            found.setdefault(deed.table, {})[deed] = fault
        for table, deeds in sorted(found.items()):
            if table == WORKLOAD:
                self._workload(deeds)
            else:
                self._table(table, deeds)
        self._gaps(known, before, after)
        self._subject.mark(step, FAILED if found else PASSED)

    def _before(self, snapshot: Snapshot) -> tuple[Code, Tried]:
        ground = self._subject.ground
        with ground.clone(snapshot) as server:
            schema = ground.engine.schema(server)
            self._learn(schema)
            with Desk(server) as desk:
                known = code(desk, ground.engine.name, schema)
                found = self._tried(desk, known)
            if not server.alive():
                raise ServerFailed(f"the server ended: {server.log_tail()}")
        return known, found

    def _after(self, snapshot: Snapshot, known: Code) -> Tried:
        ground = self._subject.ground
        with ground.clone(snapshot) as server:
            self._learn(ground.engine.schema(server))
            with Desk(server) as desk:
                found = self._tried(desk, known)
            if not server.alive():
                raise ServerFailed(f"the server ended: {server.log_tail()}")
        return found

    def _tried(self, desk: Desk, known: Code) -> Tried:
        ground = self._subject.ground
        here = read(ground.engine.name, desk.connection)
        found = dict(tried(desk, known, here))
        for number, statement in enumerate(self._statements, 1):
            deed = Deed(WORKLOAD, WORKLOAD, str(number))
            found[deed] = desk.tried((statement, None))
        return found

    def _learn(self, schema: Schema) -> None:
        """Learn the names that may be shown."""
        for path, thing in schema.things.items():
            self._names.update(path)
            name = thing.facts.get("name")
            if name:
                self._names.add(name)

    def _table(self, table: str, deeds: Mapping[Deed, Fault]) -> None:
        kinds = wording.kinds(list(deeds))
        reasons = [wording.told(one, self._names) for one in deeds.values()]
        shown = wording.listed(kinds)
        self._subject.judge.point(
            ids.OLD_CODE,
            self._step.link,
            f"breaks the previous code: {shown} on {table} "
            f"{'fails' if len(kinds) == 1 else 'fail'}: {reasons[0]}",
            table=table,
            measured=", ".join(kinds),
            advice=wording.ADVICE[kinds[0]],
            detail="\n".join(
                dict.fromkeys(
                    f"{_named(deed)}: {reason}"
                    for deed, reason in zip(deeds, reasons, strict=True)
                )
            ),
        )

    def _workload(self, deeds: Mapping[Deed, Fault]) -> None:
        for deed, fault in deeds.items():
            statement = self._statements[int(deed.what) - 1]
            self._subject.judge.point(
                ids.OLD_CODE,
                self._step.link,
                f"breaks statement {deed.what} of the workload: "
                f"{wording.told(fault, self._names)}",
                measured=WORKLOAD,
                advice="Release code that no longer needs it first, and make "
                "the change one release later.",
                detail=normalised(statement, self._subject.ground.engine.name),
            )

    def _gaps(self, known: Code, before: Tried, after: Tried) -> None:
        """Say in which tables of the step no row could be written."""
        written = {
            deed.table
            for deed, fault in before.items()
            if deed.kind == INSERT and fault is None and deed in after
        }
        gone = [
            table
            for table in self._step.tables
            if table in known.tables and table not in written
        ]
        if gone:
            self._subject.left_out(
                self._step,
                "there is no row with a key that could be copied",
                f"INSERT into {wording.listed(gone)}",
            )


def _named(deed: Deed) -> str:
    """Name a deed without saying which row it was tried on."""
    if deed.kind == UPDATE:
        return f"{deed.kind} of {deed.table}.{deed.what}"
    return f"{deed.kind} on {deed.table}"
