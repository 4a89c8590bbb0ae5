"""sqlalchemy-migrate: numbered versions in a repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from turbo_hipster_databases.stepping import surroundings
from turbo_hipster_databases.stepping.stepper import stepping


class SQLAlchemyMigrate(MigrationTool):
    """One version at a time; a revision's name is its number."""

    name: ClassVar[str] = "sqlalchemy_migrate"
    options: ClassVar[Mapping[str, str]] = {
        "repository": "the repository: a folder of the checkout or a module",
        "start": "the version of an empty database (default: the one before "
        "the first)",
        **surroundings.OPTIONS,
    }
    requirements: ClassVar[Sequence[str]] = (
        "sqlalchemy-migrate",
        "sqlalchemy<1.4",
        "setuptools<81",  # it imports pkg_resources
    )

    @classmethod
    def check(cls, options: Mapping[str, str]) -> None:
        """Raise InvalidJob without a repository."""
        if not options.get("repository"):
            raise InvalidJob(
                "sqlalchemy_migrate needs the tool option repository: a "
                "folder of the checkout, or a module"
            )
        if not options.get("start", "0").isdecimal():
            raise InvalidJob("the tool option start is not a number")

    def open(
        self, context: TaskContext, project: Project, server: Server
    ) -> AbstractContextManager[Stepper]:
        """Open a stepper on the server's database."""
        return stepping(context, project, server, "migrate_walk")
