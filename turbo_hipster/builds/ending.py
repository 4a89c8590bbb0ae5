"""The end of a build's processes: TERM, a grace time, KILL, and the proof."""

from __future__ import annotations

import time

from turbo_hipster.builds.containment import Technique, kill_children
from turbo_hipster.builds.loop import Loop

LAST_EFFORT = 10.0
"""Seconds to prove that a killed build is gone."""

SOONEST = 0.002
LONGEST = 0.1
"""Seconds between two looks at whether they have ended; ever longer."""


def end_processes(
    loop: Loop, technique: Technique, grace: float, spare: int
) -> list[str]:
    """End all processes of a build; returns a sentence for each one left.

    ``spare`` is a child of ours that is none of the build's; it dies only
    where somebody must be killed, since that is done at one stroke.  The
    loop goes on in the meantime, so that last words are heard.
    """
    loop.reap()
    if _others(technique, spare):
        technique.terminate()
        _Grace(loop, technique, grace, spare).wait()
    deadline = time.monotonic() + LAST_EFFORT
    if _others(technique, spare):
        left = technique.kill(deadline)
    else:
        left = kill_children(deadline, keep=[spare])
    return [str(one) for one in left]


def _others(technique: Technique, spare: int) -> bool:
    return any(pid != spare for pid in technique.processes())


class _Grace:
    def __init__(
        self, loop: Loop, technique: Technique, seconds: float, spare: int
    ) -> None:
        self._loop = loop
        self._technique = technique
        self._spare = spare
        self._over = False
        self._timer = loop.after(seconds, self._end)

    def wait(self) -> None:
        self._look(SOONEST)
        self._loop.turn_until(lambda: self._over)
        self._timer.cancel()

    def _look(self, pause: float) -> None:
        if self._over:
            return
        if not _others(self._technique, self._spare):
            self._end()
            return
        longer = min(pause * 2, LONGEST)
        self._loop.after(pause, lambda: self._look(longer))

    def _end(self) -> None:
        self._over = True
