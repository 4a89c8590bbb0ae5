"""The project's own command for an empty database, before the first step."""

from __future__ import annotations

from turbo_hipster import exceptions, task
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.migration_tool import Project
from turbo_hipster_databases.stepping import surroundings


class PrepareFailed(exceptions.CannotJudge):
    """The job's command for an empty database failed."""


def prepare(
    context: task.TaskContext,
    project: Project,
    server: Server,
    command: str,
    timeout: float,
) -> None:
    """Run the command; it has ``timeout`` seconds.

    ``/bin/sh -c`` runs it with DATABASE_URL, in the checkout, with the
    project's environment first in PATH.  Raises PrepareFailed with the last
    line that it wrote.
    """
    running = context.start(
        ["/bin/sh", "-c", command],
        cwd=project.checkout,
        env=surroundings.variables(project, surroundings.url(project, server)),
    )
    in_time = running.wait(timeout)
    ended = running.stop()  # what it left running goes with it
    how = f"failed on {server.release} with status {ended.status}"
    if in_time is None:
        how = f"did not end on {server.release} within {timeout:g} s"
    if in_time is None or ended.status:
        raise PrepareFailed(f"prepare {how}: {_last_line(ended.tail)}")


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1][:300]
