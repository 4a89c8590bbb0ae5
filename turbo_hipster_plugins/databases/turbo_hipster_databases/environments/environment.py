"""A project's environment: made once for what it requires, then shared."""

from __future__ import annotations

import dataclasses
import fcntl
import hashlib
import json
import os
import time
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from turbo_hipster.exceptions import PluginError
from turbo_hipster.task import TaskContext
from turbo_hipster_databases import disks, plugins
from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.environments import (
    cache,
    interpreters,
    requirements,
)
from turbo_hipster_databases.environments.installing import Installer
from turbo_hipster_databases.environments.requirements import Required
from turbo_hipster_databases.environments.shelf import MAKING, Shelf
from turbo_hipster_databases.exceptions import EnvironmentFailed
from turbo_hipster_databases.home import home

FORMAT = 1
"""Counts up when environments are made in another way than before."""


class Lease:
    """Keeps an environment from being removed, as long as it lives."""

    def __init__(self, lock: int) -> None:
        self.end = weakref.finalize(self, os.close, lock)


@dataclasses.dataclass(frozen=True)
class Environment:
    """A virtual environment, in use as long as this value lives.

    ``python`` is its interpreter, ``drivers`` are the database drivers that
    can be imported in it.  ``made`` says that it was made just now, and
    ``seconds`` how long it took until it could be used.
    """

    python: Path
    drivers: frozenset[str]
    made: bool
    seconds: float
    lease: Lease = dataclasses.field(repr=False, compare=False)


def environment(
    context: TaskContext,
    requirements: Sequence[str],
    *,
    constraints: Sequence[str] = (),
    python: str | Path | None = None,
    extra: Sequence[str] = (),
    checkout: Path | None = None,
) -> Environment:
    """Return the environment that these requirements ask for.

    ``requirements`` are files, relative to the ``checkout`` (default: the
    build's workspace), or specifiers; ``constraints`` are files.  ``extra``
    are specifiers that we add.  ``python`` is an interpreter or a version
    such as ``3.9`` (default: our own).

    Raises RequirementsRefused when the change asks for what cannot be had,
    EnvironmentFailed or DiskFull when we could not get it.
    """
    checkout = checkout or context.workspace
    place = home(context) / "environments"
    with disks.watched(place, "no environment can be made"):
        return _environment(
            context,
            _read(checkout, requirements, constraints),
            interpreters.find(python),
            extra,
            checkout,
        )


def _environment(
    context: TaskContext,
    required: Required,
    interpreter: Path,
    extra: Sequence[str],
    checkout: Path,
) -> Environment:
    began = time.monotonic()
    key = _key(required, interpreter, extra)
    shelf = Shelf(home(context) / "environments")
    engines = plugins.names(plugins.ENGINES)
    lease = Lease(shelf.lock(key, fcntl.LOCK_SH))
    try:
        manifest = shelf.manifest(key)
        made = manifest is None
        if manifest is None or manifest.get("engines") != engines:
            installer = Installer(
                context, shelf.place(key), shelf.cache, checkout
            )
            made, manifest = _complete(
                shelf, key, engines, installer, interpreter, required, extra
            )
        shelf.used(key)
    except BaseException:  # also a cancel: the lock must not stay
        lease.end()
        raise
    if made:
        shelf.prune()
        cache.trim(context, shelf, checkout)
    return Environment(
        shelf.place(key) / "bin/python",
        frozenset(manifest["drivers"]),
        made,
        time.monotonic() - began,
        lease,
    )


def with_drivers(
    context: TaskContext,
    requirements: Sequence[str],
    engines: Sequence[Engine],
    *,
    constraints: Sequence[str] = (),
    python: str | Path | None = None,
    extra: Sequence[str] = (),
    checkout: Path | None = None,
) -> Environment:
    """Return the environment, with a driver for each of the ``engines``.

    The project's own driver is taken where it has one, else the engine's
    ``fallback`` is installed beside it.
    """

    def get(*more: str) -> Environment:
        return environment(
            context,
            requirements,
            constraints=constraints,
            python=python,
            extra=[*extra, *more],
            checkout=checkout,
        )

    found = get()
    without = [
        engine.fallback
        for engine in engines
        if engine.fallback and found.drivers.isdisjoint(engine.drivers)
    ]
    if not without:
        return found
    completed = get(*without)
    return dataclasses.replace(
        completed, seconds=completed.seconds + found.seconds
    )


def _read(
    checkout: Path, files: Sequence[str], constraints: Sequence[str]
) -> Required:
    return requirements.read(checkout, files, constraints)


def _key(required: Required, interpreter: Path, extra: Sequence[str]) -> str:
    """Return the name of what these requirements give with it."""
    content = [
        FORMAT,
        interpreters.identity(interpreter),
        required.lines,
        required.constraints,
        sorted(required.extras),
        required.itself is not None,
        sorted(required.read.items()),
        sorted(extra),
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:24]


def _complete(
    shelf: Shelf,
    key: str,
    engines: Sequence[str],
    installer: Installer,
    interpreter: Path,
    required: Required,
    extra: Sequence[str],
) -> tuple[bool, dict[str, Any]]:
    """Make an environment, or look anew for the drivers in one.

    Returns whether it was made, and its manifest.
    """
    lock = shelf.lock(key, fcntl.LOCK_EX, MAKING)
    try:
        manifest = shelf.manifest(key)  # another may have made it meanwhile
        made = manifest is None
        if manifest is not None and manifest.get("engines") == engines:
            return False, manifest
        if manifest is None:
            shelf.remove(key)  # what a killed build left half
            with cache.used(shelf):
                installer.make(interpreter, required, extra)
        manifest = {
            **installer.probe(_drivers(engines)),
            "engines": list(engines),
        }
        installer.close()
        shelf.complete(key, manifest)
    except OSError as error:
        raise EnvironmentFailed(
            f"the environment could not be made: {error}"
        ) from None
    finally:
        os.close(lock)
    return made, manifest


def _drivers(engines: Sequence[str]) -> list[str]:
    """Return the modules that these engines know as drivers."""
    known: set[str] = set()
    for name in engines:
        try:
            known.update(plugins.engine(name).drivers)
        except PluginError:
            continue  # a broken engine is refused where it is named
    return sorted(known)
