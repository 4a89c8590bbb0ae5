"""The command that launches another: see ``launch``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

PROGRAM = Path(__file__).with_name("launch.py")

REFUSED = 72
"""Exit status of a launch that could not have a mount or a namespace."""


def launched(
    argv: Sequence[str],
    *,
    output: Path | None = None,
    user: str = "",
    binds: Sequence[tuple[Path, Path]] = (),
    overlays: Sequence[tuple[Path, str]] = (),
    cwd: Path | None = None,
    own_ipc: bool = False,
    network: bool = True,
) -> list[str]:
    """Return the command that does ``argv`` with what only it can see.

    For ``context.start`` and ``context.execute``.  ``output`` is the file
    that its standard output and error go to, ``user`` an account, where we
    are root.  ``overlays`` are (target, mount options), ``binds`` (source,
    target); they come in this order, in a mount namespace of its own.
    ``own_ipc`` is had where it can be.  Without ``network`` there are only
    unix sockets with a path.  What cannot be had ends it with REFUSED.
    It dies with its parent, and at once if we are gone already.
    """
    words = [sys.executable, "-I", "-S", str(PROGRAM)]
    words += ["--kin", f"{os.getpid()},{os.getppid()}"]
    if output is not None:
        words += ["--output", str(output)]
    if user:
        words += ["--user", user]
    for target, options in overlays:
        words += ["--overlay", str(target), options]
    for source, target in binds:
        words += ["--bind", str(source), str(target)]
    if cwd is not None:
        words += ["--cwd", str(cwd)]
    if own_ipc:
        words.append("--own-ipc")
    if not network:
        words.append("--no-network")
    return [*words, "--", *argv]
