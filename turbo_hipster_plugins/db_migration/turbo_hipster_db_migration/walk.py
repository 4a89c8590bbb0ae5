"""Walking up a history on one engine; what is judged is undone on the way."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Iterator, Mapping, Sequence

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import (
    HistoryBroken,
    ServerFailed,
)
from turbo_hipster_databases.migration_tool import Stepper
from turbo_hipster_databases.model import (
    Direction,
    Failure,
    History,
    Measured,
    Migration,
    Ran,
)
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_databases.snapshots import Snapshot
from turbo_hipster_db_migration import rows
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.states import States


@dataclasses.dataclass(frozen=True)
class Took:
    """One migration that ran; ``began`` is in seconds since the epoch."""

    ran: Ran
    began: float
    measured: Measured | None = None


@dataclasses.dataclass
class Undone:
    """How a step was undone and done again, as far as it came."""

    down: Took
    trace: Schema | None = None
    again: Took | None = None
    after: Schema | None = None


@dataclasses.dataclass
class Stage:
    """One judged migration, with the schema around it.

    ``reached`` are the revisions that the database is at afterwards,
    ``rows`` the rows of each table then; ``path`` leads to it.
    """

    migration: Migration
    path: tuple[Migration, ...]
    up: Took
    before: Schema
    after: Schema
    rows: Mapping[str, int]
    reached: tuple[str, ...]
    undone: Undone | None = None


@dataclasses.dataclass
class Walk:
    """What came of a walk from empty to head.

    ``failed`` is the step that ended it early.  ``reached`` are the
    revisions at the end, ``schema`` is the schema there, ``differences``
    what models and database disagree about (None: the tool cannot tell),
    ``uncompared`` why they could not be compared though it can.
    """

    history: History
    judged: frozenset[str]
    took: list[Took] = dataclasses.field(default_factory=list)
    stages: list[Stage] = dataclasses.field(default_factory=list)
    failed: Took | None = None
    reached: tuple[str, ...] = ()
    schema: Schema | None = None
    differences: tuple[str, ...] | None = None
    uncompared: str = ""


class Walker:
    """Walks on servers that it borrows, one after the other if need be.

    ``states`` are shared with the checks that come behind the walk.
    """

    def __init__(self, ground: Ground, states: States | None = None) -> None:
        self._ground = ground
        self._states = states or States(ground)
        self._undoable: frozenset[str] = frozenset()
        self._lent = contextlib.ExitStack()
        self._server: Server
        self._stepper: Stepper

    @contextlib.contextmanager
    def ready(self) -> Iterator[History]:
        """Open a stepper on an empty database; returns the history."""
        with self._lent:
            self._begin()
            yield self._stepper.history()

    def walk(
        self,
        history: History,
        judged: frozenset[str] = frozenset(),
        undoable: frozenset[str] = frozenset(),
    ) -> Walk:
        """Go up, each step once; judged ones down and up again as well.

        What is not ``undoable`` is not undone.
        """
        self._undoable = undoable
        walk = Walk(history, judged)
        for place, migration in enumerate(history.migrations):
            self._ground.go_on()
            path = history.migrations[:place]
            if migration.revision in judged:
                self._judged(walk, migration, path)
            else:
                took = self._step(migration)
                walk.took.append(took)
                walk.failed = took if took.ran.failure else None
            if walk.failed is not None:
                return walk
        walk.reached = self._stepper.current()
        walk.schema = self._schema(walk)
        try:
            walk.differences = self._stepper.differences()
        except HistoryBroken as error:
            walk.uncompared = str(error)
        return walk

    def _schema(self, walk: Walk) -> Schema:
        last = walk.stages[-1] if walk.stages else None
        if last and last.migration is walk.took[-1].ran.migration:
            return last.after
        return self._ground.schema(self._server)

    def _judged(
        self, walk: Walk, migration: Migration, path: Sequence[Migration]
    ) -> None:
        last = walk.stages[-1] if walk.stages else None
        if last and last.migration is path[-1]:
            before = last.after
        else:
            before = self._ground.schema(self._server)
        up = self._step(migration, observed=True)
        counted: Mapping[str, int] = {}
        if not up.ran.failure:
            try:
                counted = rows.count(self._server)
            except rows.Unreadable as error:
                up = _locked(up, error)
        walk.took.append(up)
        if up.ran.failure:
            walk.failed = up
            return
        after = self._ground.schema(self._server)
        stage = Stage(
            migration,
            tuple(path),
            up,
            before,
            after,
            counted,
            self._stepper.current(),
        )
        walk.stages.append(stage)
        if migration.revision in self._undoable:
            self._undo(stage)

    def _undo(self, stage: Stage) -> None:
        migration = stage.migration
        if migration.can_undo is False:
            return
        down = self._step(migration, Direction.DOWN, observed=True)
        down = self._unlocked(down)
        stage.undone = undone = Undone(down)
        if down.ran.failure:
            if self._was_touched(stage, down.ran):
                self._afresh(stage)
            return
        undone.trace = self._ground.schema(self._server)
        undone.again = self._unlocked(self._step(migration))
        if undone.again.ran.failure:
            self._afresh(stage)
            return
        undone.after = self._ground.schema(self._server)
        if undone.after != stage.after:
            self._afresh(stage)

    def _unlocked(self, took: Took) -> Took:
        """Return a step, as failed if it left a table locked.

        Whoever reads the schema then would wait for a day.
        """
        if took.ran.failure is None:
            try:
                rows.count(self._server)
            except rows.Unreadable as error:
                return _locked(took, error)
        return took

    def _was_touched(self, stage: Stage, down: Ran) -> bool:
        """Say whether a failed downgrade may have changed the database.

        One that says there is none may say so after its first statement.
        """
        assert down.failure is not None
        if down.failure.kind != "not_implemented":
            return True
        return bool(down.statements) and (
            self._ground.schema(self._server) != stage.after
            or rows.count(self._server) != stage.rows
        )

    def _afresh(self, stage: Stage) -> None:
        """Go on from a database that has seen no fault.

        Each such state is made from the one before, or a history whose every
        downgrade fails would be walked from the start again and again.
        """
        self._lent.close()
        self._begin(self._states.at((*stage.path, stage.migration)))

    def _begin(self, state: Snapshot | None = None) -> None:
        ground, lend = self._ground, self._lent.enter_context
        self._server = lend(ground.clone(state) if state else ground.fresh())
        self._stepper = lend(ground.stepper(self._server))

    def _step(
        self,
        migration: Migration,
        direction: Direction = Direction.UP,
        *,
        observed: bool = False,
    ) -> Took:
        began, step = time.time(), self._ground.step
        if not observed:
            return Took(step(self._stepper, migration, direction), began)
        with contextlib.closing(
            self._ground.engine.observer(self._server)
        ) as observer:
            observer.begins()
            ran = step(self._stepper, migration, direction)
            # a migration may end its own server, which may still be ending
            seen = None
            try:
                if self._server.alive():
                    seen = observer.ends()
            except ServerFailed:
                if ran.failure is None:
                    raise
            return Took(ran, began, seen)


def _locked(took: Took, error: Exception) -> Took:
    """Return the step as one that failed, for nobody can read what it left."""
    text = f"it left a transaction open on a connection of its own: {error}"
    failure = Failure(text, kind="transaction")
    return dataclasses.replace(
        took, ran=dataclasses.replace(took.ran, failure=failure)
    )
