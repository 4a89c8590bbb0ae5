"""The command line of the first turbo-hipster, answered kindly."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence


def answer(argv: Sequence[str]) -> str:
    """Return what to say to ``-c FILE [-b] [-p PIDFILE]``; empty: not that.

    Deployments of 2014 call the service so, and will for a while.
    """
    if not any(
        word.startswith(("-c", "--config=")) or word == "--config"
        for word in argv
    ):
        return ""
    parser = argparse.ArgumentParser(
        add_help=False, allow_abbrev=False, exit_on_error=False
    )
    parser.add_argument("-c", "--config", default="")
    parser.add_argument("-b", "--background", action="store_true")
    parser.add_argument("-p", "--pidfile")
    try:
        old, rest = parser.parse_known_args(list(argv))
    except argparse.ArgumentError:
        return ""
    if rest or not old.config:
        return ""
    return (
        "this is the command line of the first turbo-hipster. Translate its "
        "configuration with\n"
        f"    turbo-hipster config convert {shlex.quote(old.config)}"
        " > turbo-hipster.conf\n"
        "look over what it says, then start\n"
        "    turbo-hipster worker\n"
        "which stays in the foreground: systemd keeps it, -b and -p are gone."
    )
