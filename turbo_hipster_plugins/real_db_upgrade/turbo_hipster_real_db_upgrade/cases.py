"""Which datasets and engines a build works on, and which it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from turbo_hipster import exceptions, model, task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.exceptions import ServerMissing
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_real_db_upgrade.datasets import finding
from turbo_hipster_real_db_upgrade.datasets.description import Dataset
from turbo_hipster_real_db_upgrade.judging import ids
from turbo_hipster_real_db_upgrade.words import Case


def cases(
    context: task.TaskContext,
    servers: Servers,
    top: Path,
    engines: Sequence[str],
) -> list[Case]:
    """Return what to judge on; what is left out is said.

    Raises CannotJudge when nothing is left.
    """
    found = [
        case
        for dataset in _datasets(context, top)
        for case in _of(context, servers, dataset, engines)
    ]
    if not found:
        project = context.build.change.project
        raise exceptions.CannotJudge(
            f"no dataset in {top} can be used"
            + (f" for {project}" if project else "")
            + "; 'not checked' says why of each"
        )
    return found


def _datasets(context: task.TaskContext, top: Path) -> list[Dataset]:
    """Return those of the change's project; at a desk all, if it has none."""
    project = context.build.change.project
    usable = []
    for one in finding.find(top):
        if isinstance(one, finding.Refused):
            context.not_checked(f"the dataset in {one.folder.name}", one.why)
            if "there is no file" in one.why:
                context.finding(
                    ids.NO_SEED,
                    f"a file of the dataset in {one.folder.name} is absent",
                    severity=model.Severity.NOTE,
                    where={"dataset": one.folder.name},
                    advice="Put it there; the change is not at fault.",
                )
        elif project and one.project != project:
            context.not_checked(
                str(one), f"the change is one of {project}, not of it"
            )
        else:
            usable.append(one)
    return usable


def _of(
    context: task.TaskContext,
    servers: Servers,
    dataset: Dataset,
    engines: Sequence[str],
) -> list[Case]:
    found = []
    for name in engines or list(dataset.seeds):
        if name not in dataset.seeds:
            context.not_checked(
                f"{dataset.name}/{name}", "the dataset has no seed for it"
            )
            continue
        try:
            engine = plugins.engine(name)
            found.append(Case(dataset, name, servers.release(engine)))
        except (ServerMissing, exceptions.PluginError) as error:
            context.not_checked(f"{dataset.name}/{name}", str(error))
    return found
