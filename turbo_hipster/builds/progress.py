"""What a build says of its progress, on the way to its worker: not too often.

Every word of it costs the client two packets, and a task may have a hundred
thousand steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from turbo_hipster.builds.loop import Loop, Timer

RATE = 10.0
"""News in a second, in the long run."""

AT_ONCE = 100
"""News that may come one after another before the rate holds: each step of
some fifty is told, however short they are.
"""


class Progress:
    """Passes news on by ``tell``; of those that come too soon, the last one.

    ``clean`` takes secrets out of a step's name.
    """

    def __init__(
        self,
        loop: Loop,
        clean: Callable[[str], str],
        tell: Callable[[dict[str, Any]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._loop = loop
        self._clean = clean
        self._tell = tell
        self._clock = clock
        self._credit = float(AT_ONCE)
        self._counted = clock()
        self._waiting: dict[str, Any] | None = None
        self._timer: Timer | None = None

    def show(self, step: str | None, done: int, total: int) -> None:
        """Say the step, None for the one before, and how far it is."""
        if step is None and self._waiting is not None:
            step = self._waiting["step"]
        self._waiting = {"step": step, "done": done, "total": total}
        if self._timer is None:
            self._go_on()

    def finish(self) -> None:
        """Say what waits: the last news is never lost."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._say()

    def _go_on(self) -> None:
        self._timer = None
        now = self._clock()
        self._credit += (now - self._counted) * RATE
        self._credit = min(self._credit, float(AT_ONCE))
        self._counted = now
        if self._credit >= 1:
            self._credit -= 1
            self._say()
        else:
            wait = (1 - self._credit) / RATE
            # a rest too small for the clock would not be counted
            self._timer = self._loop.after(max(wait, 0.001), self._go_on)

    def _say(self) -> None:
        if self._waiting is not None:
            news, self._waiting = self._waiting, None
            if news["step"] is not None:
                news["step"] = self._clean(news["step"])
            self._tell(news)
