"""What an operator may say in the section of a db_migration job."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import SimpleNamespace

from oslo_config import cfg, types

from turbo_hipster import exceptions
from turbo_hipster_databases import plugins

OPTIONS = [
    cfg.ListOpt(
        "engines",
        default=["sqlite", "postgresql", "mariadb"],
        help="Kinds of database servers that the migrations are run on, each "
        "private to the build. One that is not installed is listed as not "
        "checked; with none left the build is ERROR.",
    ),
    cfg.StrOpt(
        "tool",
        default="alembic",
        help="Migration tool of the project: a name of the namespace "
        "turbo_hipster.migration_tool (alembic, django, sqlalchemy_migrate, "
        "oslo, command, and what further packages bring).",
    ),
    cfg.Opt(
        "tool_options",
        type=types.Dict(types.String(quotes=True)),
        default={},
        help="What the tool needs to know, NAME:VALUE pairs with commas "
        "between them, paths relative to the checkout, as in "
        "config:alembic.ini. A value with a comma in it is quoted.",
    ),
    cfg.ListOpt(
        "requirements",
        default=[],
        help="What the project's environment is made of: requirement files "
        "of the checkout and specifiers, such as requirements.txt or "
        "SQLAlchemy>=2,<3. It is made once and shared by all builds until "
        "the files change. The project itself comes from the checkout.",
    ),
    cfg.StrOpt(
        "prepare",
        default="",
        help="Command that /bin/sh -c runs once on each empty database, "
        "before the first migration. It has DATABASE_URL, the checkout as "
        "its working directory and the project's environment first in PATH. "
        "When it fails, the build is ERROR.",
    ),
    cfg.StrOpt(
        "judge",
        default="change",
        choices=["change", "all"],
        help="change: only migrations whose files differ from those of the "
        "commit that the change is compared with. all: the whole history.",
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
    cfg.StrOpt(
        "server_user",
        default="",
        help="Account that the database servers run as where the worker is "
        "root. Default: mysql or postgres if there is one, else nobody.",
    ),
    cfg.BoolOpt(
        "squawk",
        default=False,
        help="Show what squawk says of the SQL that migrations run on "
        "PostgreSQL (TH-M501, a warning). It needs the package squawk-cli.",
    ),
]

CONTINUES = re.compile(r"\s*(?:[<>=!~]=?|===)\s*[0-9]")
"""A piece of a list that belongs to the specifier before it."""


def refuse_unusable(options: SimpleNamespace) -> None:
    """Raise InvalidJob if a build with these could only fail."""
    if not options.engines:
        raise exceptions.InvalidJob(
            "engines is empty; name one at least, for instance: "
            "engines = sqlite"
        )
    _known("engines", options.engines, plugins.names(plugins.ENGINES))
    for name in options.engines:
        if options.engines.count(name) > 1:
            raise exceptions.InvalidJob(
                f"engines names {name} twice; write it once"
            )
    _known("tool", [options.tool], plugins.names(plugins.TOOLS))
    tool = plugins.tool(options.tool)
    _known("tool_options", options.tool_options, sorted(tool.options))
    tool.check(options.tool_options)
    for text in (options.prepare, *options.requirements):
        if "\0" in text:
            raise exceptions.InvalidJob(
                f"{text!r} has a NUL byte in it; write it anew"
            )


def requirements(pieces: Sequence[str]) -> tuple[str, ...]:
    """Return files and specifiers; a comma may be part of a specifier."""
    whole: list[str] = []
    for piece in pieces:
        if whole and CONTINUES.match(piece):
            whole[-1] += f",{piece.strip()}"
        elif piece.strip():
            whole.append(piece.strip())
    return tuple(whole)


def _known(option: str, given: Sequence[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            raise exceptions.InvalidJob(
                f"{option}: there is no {name!r}; "
                + (f"there are {', '.join(known)}" if known else "it has none")
            )
