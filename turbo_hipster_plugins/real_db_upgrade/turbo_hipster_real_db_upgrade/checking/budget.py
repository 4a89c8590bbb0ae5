"""How long a later pass may take."""

from __future__ import annotations

import time


class Budget:
    """Seconds that a pass has; it is asked before each piece of work.

    A query that has begun is cut off by it (see ``bounding``); a step of the
    project is not, whose bound is ``step_timeout``.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, never below zero."""
        return max(self._end - time.monotonic(), 0.0)

    def __bool__(self) -> bool:
        return self.left > 0

    def __str__(self) -> str:
        return f"the budget of {self.seconds:g} s is used up"
