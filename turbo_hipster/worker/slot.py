"""A slot: room for one build, in a thread of its own.

The thread is one loop over the servers' connections, the build's keeper and
a wake-up; it ends when it is told to stop and has no build.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Mapping
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.gearman.job import Job
from turbo_hipster.gearman.source import Source
from turbo_hipster.worker.conversation import Conversation
from turbo_hipster.worker.duty import Duty

LOG = logging.getLogger(__name__)
PAUSE_AFTER_FAULT = 1.0
"""Seconds a slot rests after a fault of our own, so as not to spin."""


class Slot:
    """Take jobs one after another and see each through."""

    def __init__(self, number: int, duty: Duty) -> None:
        self.number = number
        self.duty = duty
        self.state: Mapping[str, Any] = _idle()
        self._stopping = threading.Event()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(
            target=self._run, name=f"slot-{number}"
        )

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more jobs; a build that runs goes on."""
        self._stopping.set()
        self.duty.tokens.wake()
        os.eventfd_write(self._wake, 1)

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the last build; True when the slot is over."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def close(self) -> None:
        """Give back what an ended slot holds."""
        os.close(self._wake)

    def _show(self, state: Mapping[str, Any]) -> None:
        self.state = state
        self.duty.changed()

    def _run(self) -> None:
        if not self.duty.tokens.take(self._stopping):
            return
        pulse, name = self.duty.pulse, self._thread.name
        pulse.beat(name)
        try:
            source = Source(
                self.duty.plan.settings.gearman,
                f"{self.duty.manager}-{self.number}",
                list(self.duty.plan.offers),
                self.duty.gate,
                lambda: pulse.beat(name),
            )
            with contextlib.closing(source):
                self._work(source)
            # a slot that fell does not come here: its pulse stays and ages
            pulse.rest(name)
        finally:
            self.duty.tokens.give_back()

    def _work(self, source: Source) -> None:
        while not self._stopping.is_set():
            job = source.take(self._wake)
            if job is not None:
                if self.duty.once:
                    self._stopping.set()
                self._serve(source, job)

    def _serve(self, source: Source, job: Job) -> None:
        try:
            Conversation(self.duty, source, job, self._show, self._wake).hold()
        except Exception:  # one build is lost; the slot must not be
            LOG.exception("slot %d failed with %s", self.number, job)
            self._stopping.wait(PAUSE_AFTER_FAULT)
        finally:
            if job.live and not job.finished:
                _give_up(job)
            self._show(_idle())
            self.duty.finished()


def _idle() -> dict[str, Any]:
    return {"state": "idle", "since": time.time()}


def _give_up(job: Job) -> None:
    try:
        job.fail()
    except exceptions.LostConnection as error:
        LOG.warning("%s", error)
