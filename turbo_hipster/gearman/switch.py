"""The loop of the door: one ``poll`` over links and the caller's own fds."""

from __future__ import annotations

import math
import select
import time
from collections.abc import Callable, Sequence

from turbo_hipster.gearman.link import Link


class Switch:
    """Serves several links from the thread that calls ``turn``.

    ``turned`` is called each time: it is a sign that the loop lives.
    """

    def __init__(
        self, links: Sequence[Link], turned: Callable[[], None] = lambda: None
    ) -> None:
        self._links = tuple(links)
        self._turned = turned

    def turn(self, fds: Sequence[int], until: float = math.inf) -> list[int]:
        """Wait for something to happen, see to it, and return.

        Returns those of ``fds`` that are readable.  ``until`` is on the
        monotonic clock; one that has passed means: do not wait.
        """
        self._turned()
        now = time.monotonic()
        poll = select.poll()
        owners: dict[int, Link] = {}
        for link in self._links:
            link.tick(now)
            until = now if link.more else min(until, link.deadline())
            fd, events = link.interest()
            if fd >= 0:
                owners[fd] = link
                poll.register(fd, events)
        for fd in fds:
            poll.register(fd, select.POLLIN)
        ready = []
        for fd, events in poll.poll(_milliseconds(until - now)):
            if fd in owners:
                owners.pop(fd).serve(events)
            else:
                ready.append(fd)
        for link in owners.values():
            if link.more:
                link.serve(select.POLLIN)
        return ready


def _milliseconds(seconds: float) -> int | None:
    if math.isinf(seconds):
        return None
    return max(0, math.ceil(seconds * 1000))
