"""Options of the commands that look at an installation, and their visit."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from turbo_hipster.cli.slots import slots
from turbo_hipster.conf import load
from turbo_hipster.conf.settings import Settings
from turbo_hipster.doctor.account import account
from turbo_hipster.doctor.visit import Surroundings, visit
from turbo_hipster.doctor.words import Check, Told


def add_user(parser: argparse.ArgumentParser) -> None:
    """Add ``--user``."""
    parser.add_argument(
        "--user",
        default="",
        metavar="NAME",
        help="account of the service, when root asks (default: the owner of "
        "state_dir)",
    )


def around(
    files: Sequence[Path],
    dirs: Sequence[Path],
    user: str,
    *,
    network: bool = False,
) -> tuple[Settings, Surroundings]:
    """Return what can be read of the configuration, and what checks need.

    Raises RefusedInput for a ``user`` that cannot be.
    """
    settings = load.readable(files, dirs)
    found = slots(settings.state_dir)
    return settings, Surroundings(
        files=[str(file.absolute()) for file in files],
        dirs=[str(folder.absolute()) for folder in dirs],
        workers=[worker for worker in found if not worker["gone"]],
        network=network,
        user=account(user, settings.state_dir),
    )


def told(
    checks: Sequence[Check], surroundings: Surroundings
) -> Iterator[tuple[Check, list[Told]]]:
    """Make each check, and yield what it told; a terminal sees which."""
    seen = sys.stderr.isatty()
    for number, check in enumerate(checks, 1):
        if seen:
            name = " ".join(filter(None, [check.name, check.argument]))
            sys.stderr.write(f"\r\033[K{number} of {len(checks)}: {name} ...")
            sys.stderr.flush()
        found = visit(check, surroundings)
        if seen:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
        yield check, found
