"""Commands that other packages bring: listed without importing anything."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple

from turbo_hipster import exceptions

NAMESPACE = "turbo_hipster.cli"

# what an import can end with that is not worth a traceback
BROKEN = (ImportError, SyntaxError, AttributeError, SystemExit)


class Foreign(NamedTuple):
    """A command's class and the distribution that brings it."""

    target: str
    distribution: str


def commands() -> Mapping[str, list[Foreign]]:
    """Return each name with those who claim it, from metadata alone."""
    found: dict[str, list[Foreign]] = {}
    for point in importlib.metadata.entry_points(group=NAMESPACE):
        distribution = point.dist.name if point.dist else "(unknown)"
        name = " ".join(point.name.replace("_", " ").split())
        claims = found.setdefault(name, [])
        claim = Foreign(point.value, distribution)
        if claim not in claims:
            claims.append(claim)
    return dict(sorted(found.items()))


def choose(name: str, claims: list[Foreign]) -> Foreign:
    """Return the one who claims ``name``; PluginError if there are two."""
    if len(claims) > 1:
        who = " and ".join(sorted({claim.distribution for claim in claims}))
        raise exceptions.PluginError(
            f"the command {name!r} is brought by {who}, so neither is used; "
            "uninstall one of them"
        )
    return claims[0]


def load(name: str, foreign: Foreign) -> Any:
    """Import the command's class; PluginError says whose is broken."""
    with _Blame(name, foreign):
        try:
            return resolve(foreign.target)
        except BROKEN as error:
            raise exceptions.PluginError(
                f"the command {name!r} of {foreign.distribution} does not "
                f"load: {type(error).__name__}: {error} (--debug shows where)"
            ) from error


def resolve(target: str) -> Any:
    """Return the object that ``module:name`` means."""
    module, _, names = target.partition(":")
    found: Any = importlib.import_module(module.strip())
    for name in names.strip().split("."):
        found = getattr(found, name)
    return found


class _Blame:
    """Adds to any other error whose command it was; swallows none."""

    def __init__(self, name: str, foreign: Foreign) -> None:
        self.note = (
            f"while loading the command {name!r} of {foreign.distribution}"
        )

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            error.add_note(self.note)
