"""What all checks of one engine stand on: its servers, and steppers."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from turbo_hipster import exceptions, task
from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.migration_tool import (
    MigrationTool,
    Project,
    Stepper,
)
from turbo_hipster_databases.model import (
    Direction,
    Migration,
    Ran,
    Release,
)
from turbo_hipster_databases.projects.preparing import (
    PrepareFailed,
    prepare,
)
from turbo_hipster_databases.schema.model import BOOKKEEPING, Schema
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.snapshots import Manifest, Snapshot, Store
from turbo_hipster_db_migration.board import Board
from turbo_hipster_db_migration.ending import Over


@dataclasses.dataclass
class Ground:
    """One engine, and everything that a check of it needs.

    ``over`` is set when the build ends early: nothing more is begun then,
    and what the project runs is killed.
    ``technique`` is how data directories are cloned, once one was.
    """

    context: task.TaskContext
    settings: SimpleNamespace
    engine: Engine
    release: Release
    servers: Servers
    store: Store
    tool: MigrationTool
    project: Project
    board: Board
    over: Over
    technique: str = ""
    _prepared: Snapshot | None = dataclasses.field(default=None, init=False)

    @property
    def name(self) -> str:
        """The engine's name."""
        return self.engine.name

    @property
    def timeout(self) -> float:
        """Most seconds of one step."""
        seconds: float = self.settings.step_timeout
        return seconds

    @contextlib.contextmanager
    def fresh(self) -> Iterator[Server]:
        """Lend a server with an empty, prepared database."""
        self.go_on()
        if self.settings.prepare.strip() and self._prepared is None:
            server = self.servers.empty(self.engine, self.release)
            with self._lent(server):
                self._prepare(server)
                key = f"prepared {self.project.checkout}"
                self._prepared = self.keep(server, key)
        if self._prepared is not None:
            with self.clone(self._prepared) as server:
                yield server
            return
        server = self.servers.empty(self.engine, self.release)
        with self._lent(server):
            yield server

    @contextlib.contextmanager
    def clone(self, snapshot: Snapshot) -> Iterator[Server]:
        """Lend a server on a clone."""
        self.go_on()
        with self._lent(self.servers.clone(snapshot)) as server:
            yield server

    def keep(self, server: Server, key: str) -> Snapshot:
        """Shut a server down and keep what it has, for this build alone."""
        server.stop(clean=True)
        manifest = Manifest(
            self.name,
            self.release.version,
            (self.context.build.id, key),
            {"origin": self.release.origin},
            self.servers.owner(self.engine, self.release),
        )
        return self.store.keep(manifest, server.body)

    @contextlib.contextmanager
    def stepper(self, server: Server) -> Iterator[Stepper]:
        """Open a stepper on the server's database."""
        self.go_on()
        with (
            self.over.ends(self.context) as context,
            self.tool.open(context, self.project, server) as stepper,
        ):
            yield stepper

    def step(
        self,
        stepper: Stepper,
        migration: Migration,
        direction: Direction = Direction.UP,
        **how: Any,
    ) -> Ran:
        """Run one migration, within the time of a step.

        ``how`` says when it is killed.  Raises Cancelled when the build is
        over: what ended then was no fault of the migration.
        """
        ran = stepper.step(migration, direction, timeout=self.timeout, **how)
        self.go_on()
        return ran

    def go_on(self) -> None:
        """Raise Cancelled when the build is over."""
        if self.over.is_set():
            raise exceptions.Cancelled

    def schema(self, server: Server) -> Schema:
        """Read the schema, without what the tool keeps for itself.

        Over a connection of its own each time: one that stayed would be a
        stranger to the migrations (PostgreSQL copies no database that has
        another session, SQLite leaves no WAL) and would save little, for
        nearly each time the schema has changed since.
        """
        return self.engine.schema(server).without(*BOOKKEEPING)

    @contextlib.contextmanager
    def _lent(self, server: Server) -> Iterator[Server]:
        self.technique = server.technique
        try:
            yield server
        finally:
            self.servers.stop(server)

    def _prepare(self, server: Server) -> None:
        with self.over.ends(self.context) as context:
            try:
                prepare(
                    context,
                    self.project,
                    server,
                    self.settings.prepare,
                    self.timeout,
                )
            except PrepareFailed:
                self.go_on()  # it was killed because the build is over
                raise
        self.go_on()


def applied(
    ground: Ground, stepper: Stepper, path: Sequence[Migration]
) -> None:
    """Go up a path that was gone before; raises CannotJudge if it fails."""
    for migration in path:
        ran = ground.step(stepper, migration)
        if ran.failure is not None:
            raise exceptions.CannotJudge(
                f"{migration.revision} ran before and fails now: "
                f"{ran.failure.message}"
            )
