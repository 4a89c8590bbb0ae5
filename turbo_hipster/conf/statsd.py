"""Options of ``[statsd]``: where numbers are sent as they come up."""

from __future__ import annotations

import re
from types import SimpleNamespace

from oslo_config import cfg

from turbo_hipster.conf.settings import StatsdSettings

GROUP = "statsd"
PREFIX = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")

OPTIONS = [
    cfg.StrOpt(
        "host",
        default="",
        help="Host of a statsd that is sent counts and times by UDP. Empty: "
        "nothing is sent. Its address is looked up once. Takes a restart.",
    ),
    cfg.PortOpt(
        "port",
        default=8125,
        min=1,
        help="UDP port of the statsd. Takes a restart.",
    ),
    cfg.StrOpt(
        "prefix",
        default="turbo_hipster",
        help="What the name of each number begins with: words of letters, "
        "digits, _ and -, with dots between them. Takes a restart.",
    ),
]


def settings(typed: SimpleNamespace) -> StatsdSettings:
    """Return the group as a value."""
    return StatsdSettings(typed.host.strip(), typed.port, typed.prefix)


def mistake(prefix: str) -> str:
    """Say what is wrong with ``prefix``; empty: nothing."""
    if PREFIX.fullmatch(prefix):
        return ""
    return f"{prefix!r}: write words of letters, digits, _ and -, with dots"
