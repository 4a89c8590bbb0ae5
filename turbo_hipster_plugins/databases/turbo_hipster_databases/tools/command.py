"""Any tool with a command line, by templates of its commands."""

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
from turbo_hipster_databases.stepping.commands import (
    NOTHING,
    CommandLine,
    filled,
)

WHOLE = "head"
"""The revision of a history that is one command."""


class Command(MigrationTool):
    """Commands for version, list, up and down; without a list, one step."""

    name: ClassVar[str] = "command"
    has_statement_hook: ClassVar[bool] = False
    options: ClassVar[Mapping[str, str]] = {
        "up": "command that goes up to {revision}; without list, all the way",
        "down": "command that undoes {migration}, down to {revision}",
        "list": "command that prints the revisions, oldest first, a line each",
        "version": "command that prints the revision the database is at",
        "check": "command that fails when models and migrations differ",
        "base": "{revision} of an empty database (default: base)",
        **surroundings.OPTIONS,
    }

    @classmethod
    def check(cls, options: Mapping[str, str]) -> None:
        """Raise InvalidJob if the templates cannot work."""
        if not options.get("up"):
            raise InvalidJob("the tool command needs the tool option up")
        if options.get("list") and "{revision}" not in options["up"]:
            raise InvalidJob(
                "with a list, the tool option up must say {revision}: the "
                "one to go up to"
            )

    def open(
        self, context: TaskContext, project: Project, server: Server
    ) -> AbstractContextManager[Stepper]:
        """Open a stepper on the server's database."""
        return CommandStepper.opened(context, project, server)


class CommandStepper(CommandLine):
    """Implements Stepper; see there."""

    _history: History | None = None

    def history(self) -> History:
        """Return the revisions that the list names."""
        if self._history is None:
            self._history = self._read()
        return self._history

    def _read(self) -> History:
        template = self._options.get("list")
        if not template:
            return History((Migration(WHOLE),), (WHOLE,), steps="whole")
        migrations: list[Migration] = []
        for line in self._commands.said(template).splitlines():
            name, _, title = line.strip().partition(" ")
            if name:
                above = tuple(one.revision for one in migrations[-1:])
                migrations.append(Migration(name, above, title.strip()))
        heads = tuple(one.revision for one in migrations[-1:])
        return History(tuple(migrations), heads)

    def current(self) -> tuple[str, ...]:
        """Return what the version command prints, else what we ran."""
        names = self.version()
        if names is None:
            return self._at
        nothing = (*NOTHING, self._base)
        return tuple(one for one in names if one.lower() not in nothing)

    @property
    def _base(self) -> str:
        return self._options.get("base", "base")

    def step(
        self,
        migration: Migration,
        direction: Direction = Direction.UP,
        *,
        die_after: int | None = None,
        kill_at: float | None = None,
        timeout: float | None = None,
    ) -> Ran:
        """Run one migration; there is no hook for ``die_after``."""
        template = self._options.get(direction.value)
        if not template:
            failure = Failure(
                "the job names no command to go down", kind="not_implemented"
            )
            return Ran(migration, direction, 0.0, failure=failure)
        target: tuple[str, ...] = (migration.revision,)
        if direction is Direction.DOWN:
            target = migration.parents or (self._base,)
        words = {"revision": target[0], "migration": migration.revision}
        ran = self._commands.step(
            migration, direction, filled(template, words), kill_at, timeout
        )
        if ran.failure is None and not ran.died:
            self._at = tuple(one for one in target if one != self._base)
        return ran
