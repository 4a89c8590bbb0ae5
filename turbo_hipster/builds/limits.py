"""The limits of a build while it runs; they are the keeper's, not its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from turbo_hipster.builds import outcome
from turbo_hipster.builds.containment import Technique
from turbo_hipster.builds.loop import Loop, Timer

CENSUS = 0.25
"""Seconds between two counts of the build's processes."""

LAST_EFFORT = 10.0
"""Seconds to end a build that multiplies."""


class Limits:
    """Ends a build that goes beyond; ``end`` is told how.

    ``core`` are the job's core options, ``heard`` returns the time of
    ``time.monotonic()`` when the last output came.  ``tell`` hears of the
    phase that begins, and when (on the same clock).
    """

    def __init__(
        self,
        loop: Loop,
        core: Mapping[str, Any],
        end: Callable[[outcome.Outcome], None],
        heard: Callable[[], float],
        tell: Callable[[dict[str, Any]], None],
    ) -> None:
        self._loop = loop
        self._core = core
        self._end = end
        self._heard = heard
        self._tell = tell
        self._timers: dict[str, Timer] = {}
        self._runs = False

    def setup(self) -> None:
        """Begin to count the time of fetching and checking out."""
        limit = self._core["setup_timeout"]
        self._ends("time", limit, outcome.setup_too_long(limit))

    def run(self) -> None:
        """The task begins: its time and its silence count from now.

        Only once, however often the build process says so.
        """
        if self._runs:
            return
        self._runs = True
        self._phase("run")
        limit = self._core["timeout"]
        self._ends("time", limit, outcome.timed_out("The task ran", limit))
        if self._core["silence_timeout"] is not None:
            self._began = time.monotonic()
            self._listen()

    def count(self, technique: Technique, most: int) -> None:
        """Keep the number of processes below ``most``, from now on."""
        if len(technique.processes()) > most:
            technique.kill(time.monotonic() + LAST_EFFORT)
            self._end(outcome.too_many_processes(most))
            return
        self._at("count", CENSUS, lambda: self.count(technique, most))

    def lift(self) -> None:
        """The build is over."""
        self._phase("publish")
        for timer in self._timers.values():
            timer.cancel()

    def _phase(self, name: str) -> None:
        self._tell({"phase": name, "at": time.monotonic()})

    def _listen(self) -> None:
        limit = self._core["silence_timeout"]
        silent = time.monotonic() - max(self._heard(), self._began)
        if silent >= limit:
            self._end(outcome.timed_out("The task was silent for", limit))
        else:
            self._at("silence", limit - silent, self._listen)

    def _ends(self, name: str, seconds: float, how: outcome.Outcome) -> None:
        self._at(name, seconds, lambda: self._end(how))

    def _at(
        self, name: str, seconds: float, action: Callable[[], None]
    ) -> None:
        if name in self._timers:
            self._timers[name].cancel()
        self._timers[name] = self._loop.after(seconds, action)
