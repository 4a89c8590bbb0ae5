"""Room for builds: a slot asks for a job only while it holds a token.

When the configuration is swapped, old slots finish their builds beside new
ones; the tokens keep the number of builds within the new limit.
"""

from __future__ import annotations

import threading


class Tokens:
    """A counted pool whose size may change; safe from several threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken = 0
        self._changed = threading.Condition()

    def resize(self, size: int) -> None:
        """Allow ``size`` builds; those that run go on."""
        with self._changed:
            self._size = size
            self._changed.notify_all()

    def take(self, stopping: threading.Event) -> bool:
        """Wait for a token; False when ``stopping`` is set first."""
        with self._changed:
            self._changed.wait_for(
                lambda: stopping.is_set() or self._taken < self._size
            )
            if stopping.is_set():
                return False
            self._taken += 1
            return True

    def give_back(self) -> None:
        """Return a token."""
        with self._changed:
            self._taken -= 1
            self._changed.notify_all()

    def wake(self) -> None:
        """Have those who wait look at their ``stopping`` again."""
        with self._changed:
            self._changed.notify_all()
