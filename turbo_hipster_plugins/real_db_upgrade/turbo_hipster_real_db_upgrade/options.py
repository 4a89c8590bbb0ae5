"""What an operator may say in the section of a real_db_upgrade job."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

from oslo_config import cfg

from turbo_hipster import exceptions
from turbo_hipster_databases import plugins
from turbo_hipster_databases.projects import options as project
from turbo_hipster_real_db_upgrade import growth
from turbo_hipster_real_db_upgrade.datasets.description import DatasetRefused
from turbo_hipster_real_db_upgrade.judging import limits_file

OPTIONS = [
    *project.OPTIONS,
    cfg.StrOpt(
        "datasets_dir",
        required=True,
        help="Folder of the datasets, one folder each with a dataset.yaml or "
        "the config.json of 2014. Those of the change's project are used, "
        "all of them.",
    ),
    cfg.ListOpt(
        "engines",
        default=[],
        help="Engines to use of each dataset. Default: all that it has a "
        "seed for.",
    ),
    cfg.ListOpt(
        "ladder",
        default=[],
        help="Refs of the project that a dataset climbs before the change, "
        "oldest first, such as stable/1, stable/2, main. Default: what the "
        "dataset says.",
    ),
    cfg.IntOpt(
        "parallel",
        default=2,
        min=1,
        help="Number of datasets that are worked on at the same time.",
    ),
    cfg.StrOpt(
        "probe",
        default="on",
        choices=["on", "off"],
        help="on: clients read and write the tables of a step while it "
        "runs, and feel what it blocks. off: only the step itself is "
        "measured.",
    ),
    cfg.FloatOpt(
        "step_timeout",
        default=3600,
        min=0.1,
        help="Most seconds of one migration. Beyond it the migration is "
        "ended and counts as failed.",
    ),
    cfg.FloatOpt(
        "budget_seconds",
        default=600,
        min=0,
        help="Seconds that each pass after the measured one may take, for "
        "each dataset. What does not fit is listed as not checked; 0 leaves "
        "these passes out.",
    ),
    cfg.StrOpt(
        "history",
        default="",
        help="SQLAlchemy URL of the database that remembers what each step "
        "cost. Default: an SQLite file below state_dir.",
    ),
    cfg.StrOpt(
        "limits",
        default="",
        help="File of limits (YAML): under 'limits' those of every dataset, "
        "in the shape of a dataset.yaml; under 'datasets' those of some, by "
        "NAME or NAME/ENGINE. 'turbo-hipster history limits' writes one. "
        "What the dataset says of a step goes first, then this file of a "
        "step, then history, then this file and the dataset of every step. "
        "Default: none.",
    ),
    cfg.ListOpt(
        "scale",
        default=[],
        help="Sizes in per cent of the rows, such as 1, 10, 100. Each new "
        "step is timed on each, to foretell how its time grows up to "
        "production's rows. At least three, the largest eight times the "
        "smallest. Default: none; growth is not looked at.",
    ),
    cfg.IntOpt(
        "memory",
        default=256,
        min=16,
        help="MiB of cache that a database server has.",
    ),
]


def refuse_unusable(options: SimpleNamespace) -> None:
    """Raise InvalidJob if a build with these could only fail."""
    if not Path(options.datasets_dir or "").is_absolute():
        raise exceptions.InvalidJob(
            f"datasets_dir is {options.datasets_dir!r}; name a folder with "
            "its whole path"
        )
    known = plugins.names(plugins.ENGINES)
    project.refuse_unknown("engines", options.engines, known)
    project.refuse_unusable(options)
    if options.limits:
        _refuse_limits(Path(options.limits))
    sizes(options.scale)


def sizes(scale: Sequence[str]) -> tuple[float, ...]:
    """Return the sizes in per cent, the smallest first.

    Raises InvalidJob if these could not tell how a step grows.
    """
    try:
        found = sorted({float(one.rstrip("% ")) for one in scale})
    except ValueError:
        found = [math.nan]
    if not all(0 < one <= 100 for one in found):
        raise exceptions.InvalidJob(
            f"scale is {', '.join(scale)!r}; name sizes in per cent above 0 "
            "and up to 100, such as 1, 10, 100"
        )
    if found and (
        len(found) < growth.FEWEST
        or found[-1] < growth.SMALLEST_SPAN * found[0]
    ):
        raise exceptions.InvalidJob(
            f"scale is {', '.join(scale)!r}; growth shows in at least "
            f"{growth.FEWEST} sizes, the largest {growth.SMALLEST_SPAN:g} "
            "times the smallest, such as 1, 10, 100"
        )
    return tuple(found)


def _refuse_limits(path: Path) -> None:
    if not path.is_absolute():
        raise exceptions.InvalidJob(
            f"limits is {str(path)!r}; name a file with its whole path"
        )
    try:
        limits_file.read(path)
    except DatasetRefused as error:
        raise exceptions.InvalidJob(f"limits: {error}") from None
