"""The project with its environment, of the change and of its base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

from turbo_hipster import task
from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.environments import Environment, with_drivers
from turbo_hipster_databases.migration_tool import MigrationTool, Project
from turbo_hipster_databases.projects.options import requirements
from turbo_hipster_databases.projects.preparing import prepare
from turbo_hipster_databases.servers.launching import REFUSED, launched


class Surrounding:
    """Makes the project that steppers run, from a checkout."""

    def __init__(
        self,
        context: task.TaskContext,
        settings: SimpleNamespace,
        tool: MigrationTool,
        engines: Sequence[Engine],
    ) -> None:
        self._context = context
        self._settings = settings
        self._tool = tool
        self._engines = engines
        self._network: bool | None = None
        self._in_use: list[Environment] = []

    def project(
        self, checkout: Path, variables: Mapping[str, str] | None = None
    ) -> Project:
        """Return the project at ``checkout`` with its own environment.

        Raises RequirementsRefused and EnvironmentFailed.
        """
        environment = with_drivers(
            self._context,
            requirements(self._settings.requirements),
            self._engines,
            extra=self._tool.requirements,
            checkout=checkout,
        )
        self._in_use.append(environment)
        return Project(
            checkout=checkout,
            python=environment.python,
            drivers=environment.drivers,
            options=self._settings.tool_options,
            variables={**self._at_a_desk(checkout), **(variables or {})},
            network=self._needs_network(),
        )

    def _at_a_desk(self, checkout: Path) -> Mapping[str, str]:
        """Leave nothing in a folder that is not the build's own."""
        if checkout.is_relative_to(self._context.results_dir.parent):
            return {}
        return {"PYTHONDONTWRITEBYTECODE": "1"}

    def prepare(self, project: Project, server: Server) -> None:
        """Run the job's command on an empty database, if it has one.

        Raises PrepareFailed.
        """
        command: str = self._settings.prepare
        if command.strip():
            seconds: float = self._settings.step_timeout
            prepare(self._context, project, server, command, seconds)

    def _needs_network(self) -> bool:
        """Say whether steps must be left the network; tried once."""
        if self._network is None:
            ended = self._context.execute(
                launched(["true"], network=False), log="task_output.log"
            )
            self._network = ended.status == REFUSED
            if self._network:
                self._context.not_checked(
                    "network",
                    "a namespace without network cannot be had here, so "
                    "that migrations could have reached other machines",
                )
        return self._network
