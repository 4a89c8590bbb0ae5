"""An empty database at a revision: the project's own migrations make it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace

from turbo_hipster.exceptions import RefusedInput
from turbo_hipster_databases import plugins
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import (
    HistoryBroken,
    RequirementsRefused,
)
from turbo_hipster_databases.migration_tool import Stepper
from turbo_hipster_databases.model import Migration
from turbo_hipster_databases.projects.surrounding import Surrounding
from turbo_hipster_databases.servers.fleet import Servers


def migrated(
    servers: Servers,
    settings: SimpleNamespace,
    engine_name: str,
    revision: str,
    told: Callable[[str, int, int], None],
) -> tuple[Server, str]:
    """Return a server at ``revision``, the newest unless given, and which.

    The project is the one in the build's workspace; ``settings`` has the
    job's ``tool``, ``tool_options`` and ``requirements``.  Raises
    RefusedInput when the project is at fault.
    """
    context = servers.context
    engine = plugins.engine(engine_name)
    tool = plugins.tool(settings.tool)()
    try:
        project = Surrounding(context, settings, tool, [engine]).project(
            context.workspace
        )
        server = servers.empty(engine)
        with tool.open(context, project, server) as stepper:
            steps = _up_to(revision, stepper.history().migrations)
            for place, step in enumerate(steps, 1):
                _run(stepper, step)
                told("migrations", place, len(steps))
            reached = ", ".join(stepper.current())
    except (HistoryBroken, RequirementsRefused) as error:
        raise RefusedInput(str(error)) from error
    return server, reached


def _up_to(
    revision: str, migrations: Sequence[Migration]
) -> Sequence[Migration]:
    if not revision:
        return migrations
    names = [one.revision for one in migrations]
    if revision not in names:
        raise RefusedInput(
            f"the project has no revision {revision!r}; the first is "
            f"{names[0] if names else 'none'}, the last "
            f"{names[-1] if names else 'none'}"
        )
    return migrations[: names.index(revision) + 1]


def _run(stepper: Stepper, step: Migration) -> None:
    failure = stepper.step(step).failure
    if failure is not None:
        raise RefusedInput(
            f"the project's migration {step} fails on an empty database: "
            f"{failure.message}"
        )
