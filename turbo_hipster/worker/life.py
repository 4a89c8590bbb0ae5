"""The life of a worker: signals, stopping, swapping, and the last status.

Stop is not cancel.  The first SIGTERM drains: no more jobs, builds go on, up
to ``drain_timeout``.  A second one, SIGINT or SIGQUIT cancel at once.  SIGHUP
swaps the configuration.  A service manager is told of each.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import select
import signal
import time
from collections.abc import Callable

from turbo_hipster import exceptions
from turbo_hipster.builds.plan import Plan
from turbo_hipster.conf.settings import Settings
from turbo_hipster.worker import watchdog
from turbo_hipster.worker.headline import headline
from turbo_hipster.worker.health import Health
from turbo_hipster.worker.notifying import Notices
from turbo_hipster.worker.post import Post
from turbo_hipster.worker.worker import Worker

LOG = logging.getLogger(__name__)
TICK = 0.5
"""Seconds between two looks while builds are being waited for."""

TURN = 5.0
"""Most seconds between two turns: a loop that turns shows that it lives."""

PAUSE = 0.2
"""Least seconds between two writes of the status file."""

BETWEEN = 100
"""Builds after which memory is given back that Python keeps for reuse.

Its lists of free tuples grow with each build.  Only a full collection empties
them, and we make too little garbage for Python to think of one.
"""

MARGIN = 60.0
"""Seconds to go home in once the last build is over."""

HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)


class Life:
    """Run one worker until it is told to end.

    ``reread`` returns the configuration as it is on disk now, or raises
    ConfigurationError.  ``notices`` go to the service manager.  ``once``:
    end after the first build.
    """

    def __init__(
        self,
        plan: Plan,
        reread: Callable[[], Plan],
        notices: Notices,
        *,
        once: bool = False,
    ) -> None:
        self._reread = reread
        self._notices = notices
        self._registered = False
        self._once = once
        self._signals: list[int] = []
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._news = True
        self._told = 0.0
        self._builds = 0
        self._collected = 0
        self._cancel_at: float | None = None
        self.worker = Worker(plan, self._changed, self._built, once=once)
        self.worker.pulse = watchdog.pulse(notices)
        self._health: Health | None = None
        self._post = Post(plan.settings.state_dir, self.worker.manager)

    def run(self) -> None:
        """Run until the worker is home.  Raises what ``start`` raises."""
        before = {
            number: signal.signal(number, self._signalled) for number in HEARD
        }
        try:
            self._health = Health(self.worker)
            self.worker.start()
            # all of this stays: collecting need not look at it
            gc.collect()
            gc.freeze()
            self._watch()
        finally:
            self._notices.stopping(self._longest_end())
            self.worker.cancel("the worker ends")
            while not self.worker.tidy():
                self.worker.pulse.beat("main")
                self._rest(TICK)
            self.worker.close()
            self._post.remove()
            if self._health is not None:
                self._health.close()
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(self._wake)
        LOG.info("the worker is home")

    def _watch(self) -> None:
        while True:
            self.worker.pulse.beat("main")
            self._obey()
            if self.worker.tidy():
                return
            due = self._tell()
            self._collect()
            if not self._registered and self.worker.wait_registered(0):
                self._registered = True
                LOG.info("ready for jobs")
                self._notices.ready()
            late = self._cancel_at
            if late is not None and time.monotonic() >= late:
                LOG.warning("the drain took too long; cancelling")
                self._cancel_now("the worker stops and could not wait longer")
            limits = [TURN, due, self._show()]
            if not self._registered or self.worker.changing:
                limits.append(TICK)
            self._rest(min(limit for limit in limits if limit is not None))

    def _obey(self) -> None:
        if self._once and self._builds and self._cancel_at is None:
            self._drain()
        while self._signals:
            number = self._signals.pop(0)
            if number == signal.SIGHUP:
                self._swap()
            elif number == signal.SIGTERM and self._cancel_at is None:
                LOG.info("draining: no more jobs, builds go on")
                self._drain()
            else:
                LOG.warning("%s: cancelling", signal.Signals(number).name)
                self._cancel_now("the worker was told to stop now")

    def _drain(self) -> None:
        limit = self.worker.plan.settings.drain_timeout
        self._cancel_at = time.monotonic() + limit
        self._notices.stopping(limit + self._longest_end())
        self.worker.drain()

    def _cancel_now(self, reason: str) -> None:
        self._cancel_at = float("inf")
        self._notices.stopping(self._longest_end())
        self.worker.cancel(reason)

    def _longest_end(self) -> float:
        """Return the most seconds from a cancel until we are home."""
        cores = [job.settings.core for job in self.worker.plan.jobs.values()]
        return MARGIN + max(
            (core.kill_grace + core.publish_timeout for core in cores),
            default=0.0,
        )

    def _swap(self) -> None:
        if self._cancel_at is not None:
            LOG.warning("SIGHUP is ignored: the worker is stopping")
            return
        # before the first registration a second READY=1 would be a lie
        if self._registered:
            self._notices.reloading()
        try:
            self._put_in_force()
        finally:
            if self._registered:
                self._notices.ready()

    def _put_in_force(self) -> None:
        old = self.worker.plan.settings
        try:
            plan = self._reread()
            _refuse(plan, old)
            self.worker.swap(plan)
        except exceptions.ConfigurationError as error:
            LOG.error("the old configuration stays in force: %s", str(error))
            return
        for name in ("worker_name", "containment", "health", "statsd"):
            if getattr(plan.settings, name) != getattr(old, name):
                LOG.warning("%s changes when the worker is restarted", name)
        LOG.info("the new configuration is in force")

    def _tell(self) -> float | None:
        """Write the status, not too often; returns when to come again."""
        if not self._news:
            return None
        wait = self._told + PAUSE - time.monotonic()
        if wait > 0:
            return wait
        self._news = False
        self._post.write(self.worker.status())
        self._told = time.monotonic()
        return None

    def _show(self) -> float | None:
        """Say in a line how we are; returns when to come again."""
        if not self._notices:
            return None
        worker = self.worker
        return self._notices.show(
            headline(
                worker.status(), worker.plan.settings.slots, worker.draining
            )
        )

    def _collect(self) -> None:
        if self._builds >= self._collected + BETWEEN:
            self._collected = self._builds
            gc.collect()

    def _changed(self) -> None:
        if not self._news:
            self._news = True
            os.eventfd_write(self._wake, 1)

    def _built(self) -> None:
        self._builds += 1
        if self._once or self._cancel_at is not None:
            os.eventfd_write(self._wake, 1)

    def _signalled(self, number: int, _frame: object) -> None:
        self._signals.append(number)
        os.eventfd_write(self._wake, 1)

    def _rest(self, seconds: float | None) -> None:
        select.select([self._wake], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._wake)


def _refuse(plan: Plan, old: Settings) -> None:
    """Raise ConfigurationError for what cannot change while we run."""
    if plan.settings.state_dir != old.state_dir:
        raise exceptions.ConfigurationError(
            f"state_dir = {plan.settings.state_dir} (it was {old.state_dir}) "
            "takes a restart of the worker"
        )
