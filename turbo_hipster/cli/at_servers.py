"""The option ``--server``: which Gearman servers a command speaks to."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence

from turbo_hipster import exceptions
from turbo_hipster.conf import servers
from turbo_hipster.conf.settings import GearmanSettings


def add_option(parser: argparse.ArgumentParser, what: str) -> None:
    """Add ``--server``; ``what`` says what happens with several."""
    parser.add_argument(
        "--server",
        metavar="HOST:PORT",
        action="append",
        default=[],
        help=f"Gearman server; may be repeated: {what} (default: those of "
        "[gearman] in the configuration)",
    )


def chosen(
    configured: GearmanSettings, named: Sequence[str]
) -> GearmanSettings:
    """Return the configured servers, or those that were named instead.

    TLS is as configured.  Raises RefusedInput for what is no address.
    """
    if not named:
        return configured
    try:
        found = tuple(servers.parse(text) for text in named)
    except ValueError as error:
        raise exceptions.RefusedInput(f"--server: {error}") from None
    return dataclasses.replace(configured, servers=found)
