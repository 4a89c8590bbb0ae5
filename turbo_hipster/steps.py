"""Steps while they run: timed, and red when the change failed in them."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from turbo_hipster import exceptions, model


class Running:
    """A step that runs."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.verdict = model.Verdict.SUCCESS

    def fail(self) -> None:
        """The change failed here; the step is shown so."""
        self.verdict = model.Verdict.FAILURE


class Steps:
    """The steps that a task is in; each thread has its own.

    ``ended`` is given each step when it is over.
    """

    def __init__(self, ended: Callable[[model.Step], None]) -> None:
        self._ended = ended
        self._of_thread = threading.local()

    @contextlib.contextmanager
    def run(self, name: str) -> Iterator[Running]:
        """Do a step; what it raises makes it an ERROR."""
        step = Running(name)
        stack = self._stack()
        stack.append(step)
        started, began = time.time(), time.monotonic()
        verdict = model.Verdict.ERROR
        try:
            yield step
            verdict = step.verdict
        except exceptions.Cancelled:
            verdict = model.Verdict.ABORTED
            raise
        finally:
            stack.remove(step)
            seconds = time.monotonic() - began
            self._ended(model.Step(name, started, seconds, verdict))

    def fail(self) -> None:
        """Mark the steps that this thread is in: a finding fails in them."""
        for step in self._stack():
            step.fail()

    def _stack(self) -> list[Running]:
        if not hasattr(self._of_thread, "stack"):
            self._of_thread.stack = []
        stack: list[Running] = self._of_thread.stack
        return stack
