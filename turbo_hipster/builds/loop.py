"""The one loop of a keeper: descriptors, children and timers.

Single-threaded on purpose: a keeper forks, and a fork of threads is a trap.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import selectors
import signal
import time
from collections.abc import Callable
from typing import Any


class Timer:
    """Something to do at a time; ``cancel`` makes it nothing."""

    def __init__(self, action: Callable[[], None]) -> None:
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Forget it; safe to call at any time."""
        self.action = None


class Loop:
    """Call back when a descriptor is readable, a child ends, or in time."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._children: dict[int, Callable[[int], None]] = {}
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._wake, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.own = (self._wake, write, self._selector.fileno())
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._wake, selectors.EVENT_READ, self._reap)

    def watch(self, source: Any, action: Callable[[], None]) -> None:
        """Call ``action`` whenever ``source`` is readable."""
        self._selector.register(source, selectors.EVENT_READ, action)

    def unwatch(self, source: Any) -> None:
        """Stop watching; harmless for what is not watched."""
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(source)

    def child(self, pid: int, action: Callable[[int], None]) -> None:
        """Call ``action`` with the wait status when child ``pid`` ends."""
        self._children[pid] = action

    def forget(self, pid: int) -> None:
        """Call nobody when ``pid`` ends: somebody else has reaped it."""
        self._children.pop(pid, None)

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Call ``action`` once, ``seconds`` from now."""
        timer = Timer(action)
        due = time.monotonic() + seconds
        heapq.heappush(self._timers, (due, next(self._order), timer))
        return timer

    def turn(self) -> None:
        """Wait for the next thing to happen and do all that happened."""
        while self._timers and self._timers[0][2].action is None:
            heapq.heappop(self._timers)
        wait = None
        if self._timers:
            wait = max(0.0, self._timers[0][0] - time.monotonic())
        for key, _ in self._selector.select(wait):
            # a callback before may have closed it, and its number be another's
            if self._selector.get_map().get(key.fd) is key:
                key.data()
        while self._timers and self._timers[0][0] <= time.monotonic():
            action = heapq.heappop(self._timers)[2].action
            if action is not None:
                action()

    def turn_until(self, done: Callable[[], bool]) -> None:
        """Turn until ``done`` says so."""
        while not done():
            self.turn()

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self._wake, 512):
                pass
        self.reap()

    def reap(self) -> None:
        """Collect the children that have ended, and tell who asked."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            action = self._children.pop(pid, None)
            if action is not None:
                action(status)
