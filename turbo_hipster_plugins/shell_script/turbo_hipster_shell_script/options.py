"""What an operator may say in the section of a shell_script job."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from oslo_config import cfg

from turbo_hipster import exceptions

OPTIONS = [
    cfg.StrOpt(
        "command",
        required=True,
        help="Command that judges the change. /bin/sh -c runs it in the "
        "checkout (in the build's own folder for a job without one). Exit "
        "status 0 passes the change, 75 says that the command could not "
        "judge it (the client tries again), any other one fails it. Nothing "
        "is expanded in it: $HOME reaches the shell.",
    ),
    cfg.StrOpt(
        "arguments",
        default="none",
        choices=["none", "th"],
        help="th appends three arguments to the command: path of the "
        "checkout, the build's own folder, the client's id of the build. "
        "Scripts written for the first turbo-hipster expect them.",
    ),
    cfg.ListOpt(
        "watch",
        default=[],
        help="Files whose new lines are shown in the log while the command "
        "runs, NAME:PATH each; the lines begin with [NAME]. A path is "
        "relative to the checkout; the file need not exist yet.",
    ),
]

TAKEN = frozenset({"output", "heartbeat", "timeout"})
"""Names that the log itself uses in the place of a watched file's."""


def refuse_unusable(command: str, watch: Sequence[str]) -> None:
    """Raise InvalidJob if a build with these could only fail."""
    if not command.strip():
        raise exceptions.InvalidJob(
            "command is empty; write the command that judges the change, "
            "for instance: command = tox -e py3"
        )
    if "\0" in command:
        raise exceptions.InvalidJob(
            "command has a NUL byte in it, which no shell can be given; "
            "write the command anew"
        )
    watched(watch, Path("/"))


def watched(entries: Sequence[str], workspace: Path) -> dict[str, Path]:
    """Return the files to watch by name.

    Raises InvalidJob that says which entry is wrong and how one looks.
    """
    files: dict[str, Path] = {}
    for entry in entries:
        name, _, path = entry.strip().partition(":")
        if not path or not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
            raise exceptions.InvalidJob(
                f"watch: {entry!r} is not NAME:PATH, as in "
                "'server:logs/server.log'; a name has letters, digits, "
                "'_', '.' and '-'"
            )
        if name in TAKEN or name in files:
            raise exceptions.InvalidJob(
                f"watch: the name {name!r} is taken; choose another one"
            )
        files[name] = workspace / path
    return files
