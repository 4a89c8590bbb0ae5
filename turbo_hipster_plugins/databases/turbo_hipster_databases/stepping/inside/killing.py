"""A migration that kills its own process is heard saying so.

From outside it would look like a process for which no memory was left.
Needs Python 3.8; without, or where the kill comes by another way, a second
try tells.
"""

import os
import signal
import sys
from typing import Any, Callable, Tuple


def watch(tell: Callable[[str], None]) -> None:
    """Tell the call that is about to kill this process with -9."""
    me = os.getpid()

    def heard(event: str, arguments: Tuple[Any, ...]) -> None:
        if event in ("os.kill", "os.killpg") and is_us(event, arguments, me):
            tell("{}{}".format(event, arguments))

    if hasattr(sys, "addaudithook"):
        sys.addaudithook(heard)


def is_us(event: str, arguments: Tuple[Any, ...], me: int) -> bool:
    """Say whether a call kills the process ``me``."""
    target, number = arguments
    if number != signal.SIGKILL:
        return False
    group = os.getpgid(me)
    if event == "os.killpg":
        return target in (0, group)
    return target in (me, 0, -1, -group)
