"""The plain groups, typed by oslo.config: files first, environment above.

``$NAME`` is expanded here, and ``OS_GROUP__OPTION`` (``OS_DEFAULT__SLOTS``,
``OS_GEARMAN__SERVERS``) wins over the files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from oslo_config import cfg

from turbo_hipster.conf import (
    default,
    gearman,
    git,
    health,
    log,
    publish,
    statsd,
)
from turbo_hipster.conf.ini import Entry
from turbo_hipster.conf.problem import Problem

GROUPS: Mapping[str, Sequence[cfg.Opt]] = {
    default.GROUP: default.OPTIONS,
    gearman.GROUP: gearman.OPTIONS,
    git.GROUP: git.OPTIONS,
    health.GROUP: health.OPTIONS,
    statsd.GROUP: statsd.OPTIONS,
    publish.GROUP: publish.OPTIONS,
}


def known(group: str) -> list[cfg.Opt]:
    """Return the options of a plain group, oslo.log's among them."""
    own = list(GROUPS[group])
    return own + list(log.options()) if group == default.GROUP else own


def config_opts(files: Sequence[str]) -> cfg.ConfigOpts:
    """Return oslo.config's object over ``files``, all groups registered."""
    conf = cfg.ConfigOpts()
    for group in GROUPS:
        place = None if group == default.GROUP else group
        conf.register_opts(known(group), group=place)
    conf(
        args=[part for file in files for part in ("--config-file", file)],
        project="turbo-hipster",
        prog="turbo-hipster",
        default_config_files=[],
        default_config_dirs=[],
    )
    return conf


def values(
    files: Sequence[str], entries: Mapping[tuple[str, str], Entry]
) -> tuple[dict[str, SimpleNamespace], list[Problem]]:
    """Return each group's values, defaults in place of what is wrong."""
    conf = config_opts(files)
    found: list[Problem] = []
    groups: dict[str, SimpleNamespace] = {}
    for group in GROUPS:
        groups[group] = SimpleNamespace()
        for option in known(group):
            try:
                value = _value(conf, group, option)
            except (ValueError, cfg.Error) as error:
                found.append(_problem(group, option, entries, error))
                value = option.default
            setattr(groups[group], option.dest, value)
    return groups, found


def _value(conf: cfg.ConfigOpts, group: str, option: cfg.Opt) -> Any:
    place = conf if group == default.GROUP else conf[group]
    return place[option.dest]


def _problem(
    group: str,
    option: cfg.Opt,
    entries: Mapping[tuple[str, str], Entry],
    error: Exception,
) -> Problem:
    variable = f"OS_{group.upper()}__{option.dest.upper()}"
    entry = entries.get((group, option.dest))
    message = str(error)
    text = os.environ.get(variable, entry.value if entry else None)
    if text is not None:
        try:
            option.type(text)
        except ValueError as plainer:
            message = f"{text}: {plainer}"
    if variable in os.environ or entry is None:
        return Problem(f"environment {variable}", group, option.dest, message)
    return Problem(entry.file, group, option.dest, message, entry.line)
