"""The watchdog is fed by the loops themselves, and by all of them.

A thread that only feeds would go on feeding while jobs are no longer taken.
So there is none: the loop that turns last, of all that have to, says that
the worker is alive.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from turbo_hipster.watching.pulse import Pulse
from turbo_hipster.worker.notifying import Notices

LONGEST_PAUSE = 5.0
"""Most seconds between two looks at the loops, while one of them turns."""


class Watchdog(Pulse):
    """A pulse that tells the service manager of it.

    It is fed when each loop has turned since it was fed last.  One that has
    fallen without ``rest`` keeps it hungry.
    """

    def __init__(
        self,
        notices: Notices,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._notices = notices
        self._now = clock
        self._pause = min(notices.interval / 10, LONGEST_PAUSE)
        self._fed = self._looked = float("-inf")

    def beat(self, loop: str) -> None:
        """Say that a loop turns; feed if it was the last one missing."""
        super().beat(loop)
        now = self._now()
        if now - self._looked < self._pause:
            return
        self._looked = now
        since = now - self._fed
        if max(self.ages().values()) < since and self._notices.alive():
            self._fed = self._now()


def pulse(notices: Notices) -> Pulse:
    """Return a pulse; one that feeds, where a watchdog waits for it."""
    return Watchdog(notices) if notices.interval else Pulse()
