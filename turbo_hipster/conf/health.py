"""Options of ``[health]``: the listener for probes and for Prometheus."""

from __future__ import annotations

import re
from types import SimpleNamespace

from oslo_config import cfg

from turbo_hipster.conf import servers
from turbo_hipster.conf.settings import HealthSettings

GROUP = "health"
LOOPBACK = "127.0.0.1"
WITH_PORT = re.compile(r"(\[[^\[\]]+\]|[^:\[\]/]+):\d+")

OPTIONS = [
    cfg.StrOpt(
        "listen",
        default="",
        help="Where health and numbers are asked for by HTTP: a PORT of "
        "127.0.0.1, HOST:PORT, [::1]:PORT, or the path of a unix socket that "
        "begins with /. Empty: nowhere. Whoever reaches it can read the names "
        "of jobs and what runs, and change nothing; a name other than "
        "loopback shows that to the network. Takes a restart.",
    ),
    cfg.IntOpt(
        "stall_limit",
        default=60,
        min=5,
        max=3600,
        help="Seconds after which a loop that takes jobs and has not turned "
        "makes /health/ready say 503; after five times as many /health/live "
        "does. An idle loop turns at least every 45 seconds while its server "
        "is silent, so less than that suits tests only. Takes a restart.",
    ),
    cfg.StrOpt(
        "queued_at",
        default="",
        help="Name of the parameter in which the client says when it queued a "
        "build, in seconds since 1970. The time until the build starts is "
        "counted then; a value that makes no sense is left out. Empty: it is "
        "not known. Takes a restart.",
    ),
]


def settings(typed: SimpleNamespace) -> HealthSettings:
    """Return the group as a value; ``listen`` that is none counts as off."""
    address: tuple[str, int] | str | None = None
    if not mistake(typed.listen):
        address = _parsed(typed.listen.strip())
    return HealthSettings(address, typed.stall_limit, typed.queued_at.strip())


def mistake(listen: str) -> str:
    """Say what is wrong with ``listen``; empty: nothing."""
    try:
        _parsed(listen.strip())
    except ValueError as error:
        return str(error)
    return ""


def _parsed(text: str) -> tuple[str, int] | str | None:
    if not text:
        return None
    if text.startswith("/"):
        if len(text.encode()) > 107:
            raise ValueError(
                f"{text}: the path of a unix socket has at most 107 bytes"
            )
        return text
    if text.isdecimal():
        text = f"{LOOPBACK}:{text}"
    elif not WITH_PORT.fullmatch(text):
        raise ValueError(
            f"{text}: write PORT, HOST:PORT, [::1]:PORT, or the path of a "
            "unix socket"
        )
    return servers.parse(text)
