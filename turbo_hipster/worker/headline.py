"""How a worker is, in one line: what ``systemctl status`` shows of it."""

from __future__ import annotations

import collections
from collections.abc import Mapping
from typing import Any

MOST_JOBS = 8
"""Jobs that are named; of more, the number is said."""

LONGEST = 60
"""Letters of a server's trouble."""


def headline(status: Mapping[str, Any], slots: int, draining: bool) -> str:
    """Return the line; ``slots`` are as many as are configured."""
    busy = collections.Counter(
        str(one["job"]) for one in status["slots"] if one["state"] == "busy"
    )
    servers = status["servers"]
    there = sum(bool(one["registered"]) for one in servers)
    said = f"{busy.total()} of {slots} slots busy{_named(busy)}"
    if draining:
        said = f"stopping, no more jobs are taken; {said}"
    elif there:
        said += f"; at {there} of {len(servers)} Gearman servers"
    else:
        said += f"; waiting for a Gearman server{_trouble(servers)}"
    return "".join(one if one.isprintable() else "?" for one in said)


def _named(busy: Mapping[str, int]) -> str:
    if not busy:
        return ""
    names = [
        name if count == 1 else f"{name} {count} times"
        for name, count in sorted(busy.items())[:MOST_JOBS]
    ]
    if len(busy) > MOST_JOBS:
        names.append(f"{len(busy) - MOST_JOBS} other jobs")
    return f" ({', '.join(names)})"


def _trouble(servers: list[Mapping[str, Any]]) -> str:
    for one in servers:
        if one["trouble"]:
            return f" ({one['server']}: {str(one['trouble'])[:LONGEST]})"
    return ""
