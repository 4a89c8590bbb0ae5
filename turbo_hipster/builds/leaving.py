"""How a forked process ends: never by returning into its parent's code."""

from __future__ import annotations

import os
import sys
import traceback
from typing import NoReturn


def leave(status: int) -> NoReturn:
    """End this process at once; to be called in a ``finally``.

    An exception that was on its way is shown on standard error.
    """
    try:
        if sys.exc_info()[0] is not None:
            status = status or 70
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)
