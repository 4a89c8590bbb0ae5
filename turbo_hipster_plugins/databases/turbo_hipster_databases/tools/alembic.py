"""Alembic: branches, merges, several heads, several version locations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import ClassVar

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.migration_tool import (
    MigrationTool,
    Project,
    Stepper,
)
from turbo_hipster_databases.stepping import surroundings
from turbo_hipster_databases.stepping.stepper import stepping


class Alembic(MigrationTool):
    """One run of the project's env.py for all steps."""

    name: ClassVar[str] = "alembic"
    options: ClassVar[Mapping[str, str]] = {
        "config": "the configuration file (default: alembic.ini)",
        "section": "its section (default: alembic)",
        "script_location": "the folder of env.py, where it is not there",
        "x": "-x arguments for env.py, blanks between them; {url} stands "
        "for the database",
        **surroundings.OPTIONS,
    }
    requirements: ClassVar[Sequence[str]] = ("alembic",)

    def open(
        self, context: TaskContext, project: Project, server: Server
    ) -> AbstractContextManager[Stepper]:
        """Open a stepper on the server's database."""
        return stepping(context, project, server, "alembic_walk")
