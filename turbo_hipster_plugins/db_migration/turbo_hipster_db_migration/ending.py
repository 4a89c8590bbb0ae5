"""What runs for a build ends at once when the build is over early.

A step may take minutes, and whoever waits for it cannot look up.  So the
project's processes are remembered as they are started, and killed: then the
wait is over, too.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
from collections.abc import Iterator
from typing import Any, cast

from turbo_hipster.task import Running, TaskContext


class Over:
    """Says that a build is over early.  Safe from several threads."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._processes: set[int] = set()  # as file descriptors

    def is_set(self) -> bool:
        """Say whether it is over."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until it is over, at most so long; say whether it is."""
        return self._event.wait(seconds)

    def set(self) -> None:
        """Begin nothing any more, and end what runs."""
        with self._lock:
            self._event.set()
            for process in self._processes:
                _kill(process)

    @contextlib.contextmanager
    def ends(self, context: TaskContext) -> Iterator[TaskContext]:
        """Lend a context; what is started with it ends when we are set."""
        started = _Started(context, self)
        try:
            # it is one: all but ``start`` is the context's own
            yield cast(TaskContext, started)
        finally:
            with self._lock:
                self._processes -= started.processes
            for process in started.processes:
                os.close(process)

    def remember(self, process: int) -> None:
        """Kill this process, named by a descriptor, when it is over."""
        with self._lock:
            self._processes.add(process)
            if self._event.is_set():
                _kill(process)

    def forget(self, process: int) -> None:
        """Say that a process has ended."""
        with self._lock:
            self._processes.discard(process)


class _Started:
    """A context that remembers what it started, while it runs."""

    def __init__(self, context: TaskContext, over: Over) -> None:
        self._context = context
        self._over = over
        self.processes: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def start(self, *words: Any, **how: Any) -> Running:
        """Start a command; see the contract."""
        running = self._context.start(*words, **how)
        self._forget_ended()
        # a pid may be another's soon; a descriptor never is
        with contextlib.suppress(ProcessLookupError):
            process = os.pidfd_open(running.pid)
            self.processes.add(process)
            self._over.remember(process)
        return running

    def _forget_ended(self) -> None:
        poll = select.poll()
        for process in self.processes:
            poll.register(process, select.POLLIN)
        for process, _ in poll.poll(0):
            self._over.forget(process)
            self.processes.discard(process)
            os.close(process)


def _kill(process: int) -> None:
    """Kill a process; the house sees its end and ends its tree."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, signal.SIGKILL)
