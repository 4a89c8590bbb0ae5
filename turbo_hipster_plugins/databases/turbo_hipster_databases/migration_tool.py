"""The contract of a migration tool: how a project steps its schema.

Registered under the entry-point namespace ``turbo_hipster.migration_tool``
and named by a job's ``tool``.  A tool opens a stepper on one database; the
stepper is one process in the project's own interpreter for all steps, and
runs exactly the step it is told.
"""

from __future__ import annotations

import abc
import dataclasses
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar, Protocol

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.model import Direction, History, Migration, Ran


@dataclasses.dataclass(frozen=True, slots=True)
class Project:
    """A checkout with its environment.

    ``python`` is the environment's interpreter, ``drivers`` the database
    drivers that are importable in it, ``options`` the job's
    ``tool_options``, ``variables`` further environment variables,
    ``network`` False where its processes are to have none.
    """

    checkout: Path
    python: Path
    drivers: frozenset[str] = frozenset()
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)
    variables: Mapping[str, str] = dataclasses.field(default_factory=dict)
    network: bool = True


class Stepper(Protocol):
    """Steps the migrations of a project on one database.

    Raises HistoryBroken, StepperLost when its process ends unbidden, and
    DiskFull when a step fails for want of room.
    """

    def history(self) -> History:
        """Return the migrations that the checkout has."""

    def current(self) -> tuple[str, ...]:
        """Return the revisions that the database is at; none: empty."""

    def step(
        self,
        migration: Migration,
        direction: Direction = Direction.UP,
        *,
        die_after: int | None = None,
        kill_at: float | None = None,
        timeout: float | None = None,
    ) -> Ran:
        """Run one migration, in a transaction of its own where it can be.

        ``die_after`` kills the process after that many statements of the
        step, ``kill_at`` after so many seconds where a tool has no hook for
        statements; a new stepper must then be opened.  After ``timeout``
        seconds it is ended and the Ran's failure is of the kind ``hang``.
        """

    def differences(self) -> tuple[str, ...] | None:
        """Compare models with the database; None: the tool cannot."""

    def close(self) -> None:
        """End the process and what it left."""


class MigrationTool(abc.ABC):
    """A way to run migrations."""

    name: ClassVar[str]
    options: ClassVar[Mapping[str, str]] = {}
    """Names of ``tool_options``, each with its help."""
    has_statement_hook: ClassVar[bool] = True
    """Whether ``die_after`` works; else ``kill_at`` does."""
    requirements: ClassVar[Sequence[str]] = ()
    """What the project's environment needs beside its own requirements."""

    @classmethod
    def check(cls, options: Mapping[str, str]) -> None:
        """Raise InvalidJob if ``options`` cannot work; called at load."""
        return

    @abc.abstractmethod
    def open(
        self, context: TaskContext, project: Project, server: Server
    ) -> AbstractContextManager[Stepper]:
        """Open a stepper on the server's database."""
