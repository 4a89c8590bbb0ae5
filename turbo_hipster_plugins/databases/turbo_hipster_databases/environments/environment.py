"""A project's environment: made once for what it requires, then shared."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Engine


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
    EnvironmentFailed when we could not get it.
    """
    raise NotImplementedError


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
    raise NotImplementedError
