"""Run a program for a check, and have it gone afterwards."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from turbo_hipster import exceptions
from turbo_hipster.plugins.guarded import Guarded

NOT_STARTED = 127
TIMED_OUT = 124
TAIL = 500
"""Characters of a program's output that are kept: the last ones."""


def run(
    argv: Sequence[str],
    *,
    seconds: float = 15.0,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> tuple[int, str]:
    """Return its exit status and the end of what it said.

    The status is as a shell has it: 127 when it could not be started, 124
    when its time was up.
    """
    with tempfile.TemporaryFile(dir=_room()) as output:
        try:
            with Guarded(
                argv, output=output.fileno(), env=env, cwd=cwd
            ) as guarded:
                ended = guarded.wait(seconds)
        except exceptions.CommandFailed as error:
            return NOT_STARTED, str(error)
        output.seek(0)
        said = output.read().decode(errors="replace").strip()[-TAIL:]
    if ended is None:
        return TIMED_OUT, f"it went on for more than {seconds:g} seconds"
    return ended.status, said


def _room() -> str | None:
    """Return a folder in memory, since the disk may be full."""
    memory = "/dev/shm"  # noqa: S108 - the file has no name there
    return memory if os.access(memory, os.W_OK) else None
