"""Where the command line finds the datasets, and one of them."""

from __future__ import annotations

import argparse
import difflib
from pathlib import Path

from turbo_hipster.command import Command, Lister
from turbo_hipster.exceptions import RefusedInput
from turbo_hipster_real_db_upgrade.datasets import finding
from turbo_hipster_real_db_upgrade.datasets.description import (
    Dataset,
    DatasetRefused,
)

PLUGIN = "real_db_upgrade"
WHERE = "--datasets-dir FOLDER, or --job JOB of the configuration"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what says where the datasets are."""
    parser.add_argument(
        "--datasets-dir",
        metavar="FOLDER",
        type=Path,
        help="folder of the datasets. Default: the datasets_dir of the "
        "configured jobs, if it is one and the same",
    )
    parser.add_argument(
        "--job",
        metavar="JOB",
        help="take the datasets_dir of this job of the configuration",
    )


def folder(command: Command | Lister, told: argparse.Namespace) -> Path:
    """Return the folder of the datasets; raises RefusedInput."""
    if told.datasets_dir is not None:
        return _readable(Path(told.datasets_dir))
    jobs = command.settings().jobs
    if told.job is not None:
        if told.job not in jobs:
            raise RefusedInput(
                f"there is no job {told.job!r}; there are "
                + (", ".join(jobs) or "none")
            )
        jobs = {told.job: jobs[told.job]}
    found = {
        job.raw["datasets_dir"][-1]
        for job in jobs.values()
        if job.core.plugin == PLUGIN and job.raw.get("datasets_dir")
    }
    if len(found) != 1:
        why = (
            "the configured jobs have several: " + ", ".join(sorted(found))
            if found
            else "no job of it has a datasets_dir"
        )
        raise RefusedInput(f"say where the datasets are: {WHERE} ({why})")
    return _readable(Path(found.pop()))


def _readable(top: Path) -> Path:
    if not top.is_dir():
        raise RefusedInput(f"there is no folder {top}")
    return top.absolute()


def dataset(top: Path, name: str) -> Dataset:
    """Return the dataset of that name; raises RefusedInput."""
    found = _all(top)
    sound = [one for one in found if isinstance(one, Dataset)]
    for one in sound:
        if one.name == name:
            return one
    for refused in found:
        if isinstance(refused, finding.Refused) and (
            refused.folder.name == name
        ):
            raise RefusedInput(refused.why)
    names = [one.name for one in sound]
    near = difflib.get_close_matches(name, names, 1)
    advice = (
        f"did you mean {near[0]}?"
        if near
        else f"there are {', '.join(names) or 'none'}"
    )
    raise RefusedInput(f"there is no dataset {name!r} in {top}; {advice}")


def every(top: Path) -> list[Dataset | finding.Refused]:
    """Return all datasets of a folder; raises RefusedInput."""
    return _all(top)


def _all(top: Path) -> list[Dataset | finding.Refused]:
    try:
        return list(finding.find(top))
    except DatasetRefused as error:
        raise RefusedInput(str(error)) from None
