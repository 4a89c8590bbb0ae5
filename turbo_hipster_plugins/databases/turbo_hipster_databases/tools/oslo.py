"""OpenStack's ``db sync``: whole, or as expand, migrate and contract."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import ClassVar

from turbo_hipster.exceptions import InvalidJob
from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.migration_tool import (
    MigrationTool,
    Project,
    Stepper,
)
from turbo_hipster_databases.model import (
    Direction,
    Failure,
    History,
    Migration,
    Ran,
)
from turbo_hipster_databases.stepping import surroundings
from turbo_hipster_databases.stepping.commands import NOTHING, CommandLine

PHASES = ("expand", "migrate", "contract")
WHOLE = "sync"


class Oslo(MigrationTool):
    """A step is a phase; OpenStack's projects never go down."""

    name: ClassVar[str] = "oslo"
    has_statement_hook: ClassVar[bool] = False
    options: ClassVar[Mapping[str, str]] = {
        "sync": "command that migrates all, such as nova-manage db sync",
        "expand": "command of the first phase, instead of sync",
        "migrate": "command of the second phase",
        "contract": "command of the third phase",
        "version": "command that prints the version of the schema",
        "check": "command that fails when something is left to do",
        **surroundings.OPTIONS,
    }

    @classmethod
    def check(cls, options: Mapping[str, str]) -> None:
        """Raise InvalidJob if there is nothing to run, or too much."""
        phases = [name for name in PHASES if options.get(name)]
        if bool(phases) == bool(options.get(WHOLE)):
            raise InvalidJob(
                "the tool oslo needs either the tool option sync or some of "
                + ", ".join(PHASES)
            )

    def open(
        self, context: TaskContext, project: Project, server: Server
    ) -> AbstractContextManager[Stepper]:
        """Open a stepper on the server's database."""
        return PhaseStepper.opened(context, project, server)


class PhaseStepper(CommandLine):
    """Implements Stepper; see there."""

    def history(self) -> History:
        """Return the phases that the job has commands for."""
        names = [one for one in PHASES if self._options.get(one)] or [WHOLE]
        migrations = tuple(
            Migration(name, tuple(names[max(0, at - 1) : at]), can_undo=False)
            for at, name in enumerate(names)
        )
        steps = "whole" if names == [WHOLE] else "phase"
        return History(migrations, (names[-1],), steps)

    def current(self) -> tuple[str, ...]:
        """Return the last phase that we ran, if the database agrees.

        A stepper that has run none yet says what the version command says.
        """
        words = self.version()
        if words is None:
            return self._at
        if not words or words[0].lower() in NOTHING:
            return ()
        return self._at or (words[0],)

    def step(
        self,
        migration: Migration,
        direction: Direction = Direction.UP,
        *,
        die_after: int | None = None,
        kill_at: float | None = None,
        timeout: float | None = None,
    ) -> Ran:
        """Run one phase; there is no hook for ``die_after``."""
        if direction is Direction.DOWN:
            failure = Failure("db sync never goes down", "not_implemented")
            return Ran(migration, direction, 0.0, failure=failure)
        command = self._options[migration.revision]
        ran = self._commands.step(
            migration, direction, command, kill_at, timeout
        )
        if ran.failure is None and not ran.died:
            self._at = (migration.revision,)
        return ran
