"""Django: the migrations of all installed apps."""

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


class Django(MigrationTool):
    """One node of the graph of migrations at a time, in plan order."""

    name: ClassVar[str] = "django"
    options: ClassVar[Mapping[str, str]] = {
        "settings": "the settings module (default: DJANGO_SETTINGS_MODULE); "
        "its databases are replaced by the build's",
        **surroundings.OPTIONS,
    }
    requirements: ClassVar[Sequence[str]] = ("django",)

    def open(
        self, context: TaskContext, project: Project, server: Server
    ) -> AbstractContextManager[Stepper]:
        """Open a stepper on the server's database."""
        return stepping(context, project, server, "django_walk")
