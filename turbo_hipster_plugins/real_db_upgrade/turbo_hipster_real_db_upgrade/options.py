"""What an operator may say in the section of a real_db_upgrade job."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from oslo_config import cfg

from turbo_hipster import exceptions
from turbo_hipster_databases import plugins
from turbo_hipster_databases.projects import options as project

OPTIONS = [
    *(option for option in project.OPTIONS if option.name != "prepare"),
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
