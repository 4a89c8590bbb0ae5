"""Where a slot's jobs come from: one connection to each server, one loop.

A slot holds its token while it asks, so it asks one server at a time and
gets one job at most (gear's own worker asks all at once and may get several).
A connection that is busy with a build elsewhere still hears a server's call;
it follows when the build is over.  (gearmand calls all idle workers unless it
is told otherwise with ``--worker-wakeup``.)
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Sequence

from turbo_hipster.conf.settings import GearmanSettings
from turbo_hipster.gearman import packets, tls
from turbo_hipster.gearman.dial import Server
from turbo_hipster.gearman.job import Job
from turbo_hipster.gearman.link import Link
from turbo_hipster.gearman.station import Assignment, State, Station
from turbo_hipster.gearman.switch import Switch

ASK_LIMIT = 5.0
"""Seconds a server has to say whether it has a job; others wait meanwhile."""
SETTLE_LIMIT = 1.0
"""The same when the slot is wanted elsewhere."""
GATE_PAUSE = 0.05
"""Seconds between two looks at a closed gate."""
PATIENCE = 2.0
"""Seconds at the end for a server to read what it was sent."""

_log = logging.getLogger(__name__)


def always_open(server: Server) -> bool:
    """Let builds be offered at any server at any time."""
    return True


class Source:
    """The connections of one slot; used from the slot's own thread only.

    ``gate`` is asked per server before functions are registered there and
    before a job is asked for: a build must not come from where its cancel
    could not.  ``turned`` is called each time the loop turns.  Raises
    ConfigurationError for TLS files that cannot be used.
    """

    def __init__(
        self,
        settings: GearmanSettings,
        client_id: str,
        functions: Sequence[str],
        gate: Callable[[Server], bool] = always_open,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        context = tls.context(settings)
        self._gate = gate
        self._stations = {
            Link(server, context, self): Station(client_id, functions)
            for server in settings.servers
        }
        self._order = list(self._stations)
        self._switch = Switch(self._order, turned)
        self._asked: Link | None = None
        self._assigned: Assignment | None = None
        self._job: Job | None = None
        self._told_loss = True
        self._wanted = frozenset(functions)
        self._keeper: Link | None = None  # offers what it will take back

    @property
    def connected(self) -> list[Server]:
        """The servers there is a session with."""
        return [link.server for link in self._order if link.up]

    def take(self, wake: int) -> Job | None:
        """Wait for a job; None when ``wake`` is readable before there is one.

        A job that a server hands out while ``wake`` becomes readable is
        returned, never lost.  The job before must be over.
        """
        if self._job is not None and self._job.running:
            raise RuntimeError(f"{self._job} is not finished yet")
        while True:
            if self._asked is None:
                if wake in self._switch.turn((wake,), 0):
                    return None
                self._attend()
                self._ask()
            ready = self._switch.turn((wake,), self._until())
            if self._assigned is None and wake in ready:
                self._settle()
            if self._assigned is not None:
                return self._accept(self._assigned)
            if wake in ready:
                return None
            self._give_up(ASK_LIMIT)

    def wait(
        self, fds: Sequence[int], timeout: float | None = None
    ) -> list[int]:
        """Serve the connections until one of ``fds`` is readable.

        Returns the readable ones; none after ``timeout`` seconds, and once
        when the session of the present job is lost (see ``Job.live``).
        """
        end = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            self._attend()
            if self._lost_news():
                return []
            ready = self._switch.turn(fds, min(end, self._until()))
            if ready or time.monotonic() >= end:
                return ready

    def offer(self, functions: Iterable[str]) -> None:
        """Offer these functions from now on; none: take no more jobs.

        A build that runs is not touched.  Its function is taken back when it
        is over: gearmand queues a running job again when the worker takes
        back its function, and refuses the result.
        """
        self._wanted = frozenset(functions)
        self._apply()

    def close(self) -> None:
        """End all connections, after the servers have read what was sent."""
        for link in self._order:
            link.close(PATIENCE)

    # -- what the links say

    def opened(self, link: Link) -> None:
        """A session has begun; what it can do is said when the gate opens."""
        self._stations[link].opened()

    def received(self, link: Link, packet: packets.Packet) -> None:
        """A packet came."""
        assigned = self._stations[link].received(link, packet)
        if assigned is not None:
            self._assigned = assigned
        if self._stations[link].state is not State.ASKED:
            self._answered(link)

    def lost(self, link: Link) -> None:
        """A session is over, and with it what was asked or given there."""
        self._answered(link)
        if self._assigned is not None and self._assigned.link is link:
            self._assigned = None

    # -- asking

    def _apply(self) -> None:
        job, self._keeper = self._job, None
        for link, station in self._stations.items():
            wanted = self._wanted
            if job is not None and job.running and job.came_by(link):
                self._keeper = link
                wanted |= {job.function}
            station.change(link, wanted)

    def _attend(self) -> None:
        if self._keeper is not None and not (self._job and self._job.running):
            self._apply()
        for link, station in self._stations.items():
            if link.up and not station.registered and self._gate(link.server):
                station.register(link)

    def _ask(self) -> None:
        for link in tuple(self._order):
            station = self._stations[link]
            if link.up and station.eager and self._gate(link.server):
                # the one asked last is asked last again
                self._order.remove(link)
                self._order.append(link)
                self._asked = link
                station.ask(link)
                return

    def _answered(self, link: Link) -> None:
        if self._asked is link:
            self._asked = None

    def _settle(self) -> None:
        end = time.monotonic() + SETTLE_LIMIT
        while self._asked is not None and time.monotonic() < end:
            self._switch.turn((), end)
        self._give_up(0)

    def _give_up(self, limit: float) -> None:
        link = self._asked
        if link is None:
            return
        if time.monotonic() - self._stations[link].asked_at >= limit:
            link.drop("it does not say whether it has a job")

    def _accept(self, assigned: Assignment) -> Job:
        self._assigned = None
        self._job = Job(assigned)
        self._told_loss = False
        return self._job

    def _lost_news(self) -> bool:
        job = self._job
        if job is None or job.finished or job.live or self._told_loss:
            return False
        self._told_loss = True
        return True

    def _until(self) -> float:
        """Return when to look again though nothing happened."""
        until = math.inf
        if self._asked is not None:
            until = self._stations[self._asked].asked_at + ASK_LIMIT
        for link, station in self._stations.items():
            waiting = not station.registered or (
                self._asked is None and station.eager
            )
            if link.up and waiting and not self._gate(link.server):
                until = min(until, time.monotonic() + GATE_PAUSE)
        return until
