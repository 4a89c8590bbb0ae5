"""Trying again: what may pass, how often, and for how long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from oslo_config import cfg

from turbo_hipster import exceptions

Answer = TypeVar("Answer")

SHORTEST = 0.5
LONGEST = 16.0
"""Seconds of the first pause, and the most that doubling makes of it."""

OPTION = cfg.FloatOpt(
    "patience",
    default=60,
    min=0,
    help="Most seconds spent on trying again after errors that may pass (a "
    "lost connection, a busy server), together for one build. Then the next "
    "publisher is asked. Keep it well below the publish_timeout of the jobs, "
    "which ends the last publisher too.",
)


class Passing(Exception):
    """An error that the same attempt may not meet again later."""


class Patience:
    """One build's seconds for trying again; all its attempts share them."""

    def __init__(
        self,
        seconds: float,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pause = pause
        self._clock = clock
        self._seconds = seconds
        self._first: float | None = None
        self._paused = 0.0

    def insist(
        self, action: Callable[[], Answer], between: Callable[[], None]
    ) -> Answer:
        """Return what ``action`` returns, when it at last does.

        ``between`` is done before each new attempt.  The seconds count from
        the first error of all, so that a long and healthy upload costs none.
        Raises PublishFailed when they are used up.
        """
        tries = 0
        for pause in _pauses():
            tries += 1
            try:
                return action()
            except Passing as error:
                said = str(error)
            if self._spent() + pause > self._seconds:
                break
            self._pause(pause)
            self._paused += pause
            between()
        many = f"{tries} attempts" if tries > 1 else "1 attempt"
        raise exceptions.PublishFailed(f"{said} (given up after {many})")

    def _spent(self) -> float:
        """Return the seconds since the first error, pauses at the least."""
        if self._first is None:
            self._first = self._clock()
        return max(self._clock() - self._first, self._paused)


def _pauses() -> Iterator[float]:
    pause = SHORTEST
    while True:
        yield pause
        pause = min(pause * 2, LONGEST)
