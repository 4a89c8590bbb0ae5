"""What an operator may say in the section of a db_migration job."""

from __future__ import annotations

from types import SimpleNamespace

from oslo_config import cfg, types

from turbo_hipster import exceptions
from turbo_hipster_databases import plugins
from turbo_hipster_databases.projects import options as project

CHECKS = ("undo", "halfway", "together")

OPTIONS = [
    *project.OPTIONS,
    cfg.ListOpt(
        "engines",
        default=["sqlite", "postgresql", "mariadb"],
        help="Kinds of database servers that the migrations are run on, each "
        "private to the build. One that is not installed is listed as not "
        "checked; with none left the build is ERROR.",
    ),
    cfg.StrOpt(
        "judge",
        default="change",
        choices=["change", "all"],
        help="change: only migrations whose files differ from those of the "
        "commit that the change is compared with. all: the whole history.",
    ),
    cfg.ListOpt(
        "checks",
        default=list(CHECKS),
        item_type=types.String(choices=CHECKS),
        help="What is done with each judged migration besides running it. "
        "undo: it is undone and done again (TH-M201 to TH-M203). halfway: "
        "it is killed three times and run again (TH-M301). together: it is "
        "started twice at once (TH-M302). With a long history and judge = "
        "all, the last two take long.",
    ),
    cfg.StrOpt(
        "downgrade_floor",
        default="",
        help="Revision down to which migrations must be undoable. It and "
        "what lies below it is not undone. Default: all must be.",
    ),
    cfg.IntOpt(
        "heads",
        default=1,
        min=1,
        help="Number of heads that the history may have (TH-M101).",
    ),
    cfg.IntOpt(
        "parallel",
        default=2,
        min=1,
        help="Number of engines that work at the same time.",
    ),
    cfg.FloatOpt(
        "step_timeout",
        default=300,
        min=0.1,
        help="Most seconds of one migration, one way, and of prepare. Beyond "
        "it the migration is ended and counts as failed.",
    ),
    cfg.BoolOpt(
        "squawk",
        default=False,
        help="Show what squawk says of the SQL that migrations run on "
        "PostgreSQL (TH-M501, a warning). It needs the package squawk-cli.",
    ),
]


def refuse_unusable(options: SimpleNamespace) -> None:
    """Raise InvalidJob if a build with these could only fail."""
    if not options.engines:
        raise exceptions.InvalidJob(
            "engines is empty; name one at least, for instance: "
            "engines = sqlite"
        )
    known = plugins.names(plugins.ENGINES)
    project.refuse_unknown("engines", options.engines, known)
    for name in options.engines:
        if options.engines.count(name) > 1:
            raise exceptions.InvalidJob(
                f"engines names {name} twice; write it once"
            )
    project.refuse_unusable(options)
