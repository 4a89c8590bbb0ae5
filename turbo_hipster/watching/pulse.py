"""The pulse of each loop: a stamp that the loop itself sets at each turn."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pulse:
    """When each loop turned last; safe from any thread.

    A loop that ends as it should says ``rest``.  One that dies does not, so
    its stamp grows old.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turned: dict[str, float] = {}

    def beat(self, loop: str) -> None:
        """Say that a loop turns."""
        self._turned[loop] = self._clock()

    def rest(self, loop: str) -> None:
        """Say that a loop has ended; a second call does nothing."""
        self._turned.pop(loop, None)

    def ages(self) -> dict[str, float]:
        """Return the seconds since each loop's last turn."""
        turned, now = self._turned.copy(), self._clock()
        return {loop: max(0.0, now - at) for loop, at in turned.items()}
