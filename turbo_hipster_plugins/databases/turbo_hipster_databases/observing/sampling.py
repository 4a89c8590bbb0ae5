"""Looks at locks again and again while a step runs.

A server does not write down how long a lock was held.  A thread of ours
looks every few milliseconds; each look stands for the time half-way to its
neighbours.  So a lock's time is exact to about one interval, never longer
than the step, and a lock shorter than an interval may not be seen at all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from turbo_hipster_databases.model import Lock

INTERVAL = 0.005
"""Seconds between two looks."""
SHARE = 4
"""A look that takes long is followed by a pause that many times longer."""

Seen = Sequence[tuple[Any, str]]
"""What one look saw: tables (by any name of the engine) and lock modes."""


class Look(NamedTuple):
    """One look: when (monotonic), how long it took, what it saw."""

    at: float
    took: float
    seen: Seen


class Sampler:
    """A thread that looks while a window is open, and rests in between.

    ``look`` is never called outside a window, so that it may share its
    connection with whoever opens and closes them.  When it raises one of
    ``lost`` the window has no further looks.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], Seen],
        lost: tuple[type[Exception], ...],
        interval: float = INTERVAL,
    ) -> None:
        self._look = look
        self._lost = lost
        self._interval = interval
        self._turn = threading.Condition()
        self._due: float | None = None
        self._looks: list[Look] = []
        self._over = False
        self._thread = threading.Thread(
            target=self._run, name=f"locks-of-{name}", daemon=True
        )
        self._thread.start()

    def begins(self) -> None:
        """Open a window."""
        with self._turn:
            self._looks = []
            self._due = time.monotonic() + self._interval
            self._turn.notify()

    def ends(self) -> list[Look]:
        """Close the window and return its looks; none is under way."""
        with self._turn:
            self._due = None
            return self._looks

    def close(self) -> None:
        """End the thread.  May be called twice."""
        with self._turn:
            self._due, self._over = None, True
            self._turn.notify()
        self._thread.join()

    def _run(self) -> None:
        with self._turn:
            while not self._over:
                if self._due is None:
                    self._turn.wait()
                elif (rest := self._due - time.monotonic()) > 0:
                    self._turn.wait(rest)
                else:
                    self._due = self._once()

    def _once(self) -> float | None:
        start = time.monotonic()
        try:
            seen = self._look()
        except self._lost:
            return None
        end = time.monotonic()
        took = end - start
        self._looks.append(Look(start + took / 2, took, seen))
        return end + max(self._interval, SHARE * took)


def held(
    looks: Sequence[Look],
    began: float,
    ended: float,
    ranks: Mapping[str, tuple[int, str]],
    name: Callable[[Any], str | None],
    also: Seen = (),
) -> tuple[Lock, ...]:
    """Return the locks that were seen, a table's strongest first.

    At each look a table's strongest lock counts, so that the times of one
    table do not overlap.  ``ranks`` maps a mode to its strength and to what
    it blocks; other modes are passed over, as are tables whose ``name`` is
    None.  ``also`` are locks that are known to have been held; those that no
    look saw are told with no time.
    """
    times = [began, *(look.at for look in looks), ended]
    seconds: dict[tuple[str, str], float] = {}
    for number, look in enumerate(looks, start=1):
        span = (times[number + 1] - times[number - 1]) / 2
        strongest: dict[Any, str] = {}
        for table, mode in look.seen:
            rank = ranks.get(mode, (0, ""))[0]
            if rank > ranks.get(strongest.get(table, ""), (0, ""))[0]:
                strongest[table] = mode
        for table, mode in strongest.items():
            if (known := name(table)) is not None:
                key = (known, mode)
                seconds[key] = seconds.get(key, 0.0) + span
    for table, mode in also:
        if (known := name(table)) is not None:
            seconds.setdefault((known, mode), 0.0)
    return tuple(
        Lock(table, mode, time_held, ranks[mode][1], exact=False)
        for (table, mode), time_held in sorted(
            seconds.items(), key=lambda it: (it[0][0], -ranks[it[0][1]][0])
        )
    )
