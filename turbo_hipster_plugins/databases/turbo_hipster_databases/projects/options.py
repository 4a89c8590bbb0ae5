"""Options of a job that runs migrations, whatever it asks of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import SimpleNamespace

from oslo_config import cfg, types

from turbo_hipster import exceptions
from turbo_hipster_databases import plugins

OPTIONS = [
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
        "server_user",
        default="",
        help="Account that the database servers run as where the worker is "
        "root. Default: mysql or postgres if there is one, else nobody.",
    ),
]

CONTINUES = re.compile(r"\s*(?:[<>=!~]=?|===)\s*[0-9]")
"""A piece of a list that belongs to the specifier before it."""


def refuse_unusable(options: SimpleNamespace) -> None:
    """Raise InvalidJob if no build could work with these."""
    refuse_unknown("tool", [options.tool], plugins.names(plugins.TOOLS))
    tool = plugins.tool(options.tool)
    refuse_unknown("tool_options", options.tool_options, sorted(tool.options))
    tool.check(options.tool_options)
    for text in (getattr(options, "prepare", ""), *options.requirements):
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


def refuse_unknown(
    option: str, given: Sequence[str], known: Sequence[str]
) -> None:
    """Raise InvalidJob for a name that is not among those known."""
    for name in given:
        if name not in known:
            raise exceptions.InvalidJob(
                f"{option}: there is no {name!r}; "
                + (f"there are {', '.join(known)}" if known else "it has none")
            )
