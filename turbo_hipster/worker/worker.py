"""The worker: slots, a control connection, a launcher, and their lives.

The order of going home, each step once: 1. slots take no more jobs; 2. their
builds end, or are cancelled when told or when the drain takes too long;
3. the slots' threads end; 4. the control connection ends (a cancel is heard
until the last build is over); 5. the fork server ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import turbo_hipster
from turbo_hipster.builds import recovery
from turbo_hipster.builds.launcher import Launcher
from turbo_hipster.builds.plan import Plan
from turbo_hipster.watching.numbers import Numbers
from turbo_hipster.watching.pulse import Pulse
from turbo_hipster.watching.tally import Tally
from turbo_hipster.worker.duty import Duty
from turbo_hipster.worker.line import ControlLine
from turbo_hipster.worker.register import Register
from turbo_hipster.worker.slot import Slot
from turbo_hipster.worker.tokens import Tokens

LOG = logging.getLogger(__name__)


class Worker:
    """Everything that runs; used from the main thread.

    ``news`` is called, from any thread, when something changed that
    ``status`` shows; ``finished`` after each build.  ``once``: there is one
    slot, and it takes one job.
    """

    def __init__(
        self,
        plan: Plan,
        news: Callable[[], None],
        finished: Callable[[], None],
        *,
        once: bool = False,
    ) -> None:
        self.plan = plan
        self.manager = f"{plan.settings.worker_name}-{uuid.uuid4().hex[:8]}"
        self.started = time.time()
        self.draining = False
        self.numbers = Numbers()
        self._queued_at = plan.settings.health.queued_at
        self.pulse = Pulse()
        self.register = Register()
        self.tokens = Tokens(plan.settings.slots)
        self.launcher = Launcher(
            plan.settings.containment, plan.settings.slots
        )
        self._once = once
        self._news = news
        self._finished = finished
        self._slots: list[Slot] = []
        self._leaving: list[Slot] = []
        self._line: ControlLine | None = None
        self._old_lines: list[ControlLine] = []
        self._sweeper = threading.Thread(target=self._sweep, name="sweeper")
        self._numbers = 0

    def start(self) -> None:
        """Start everything.  Raises ConfigurationError, CannotJudge."""
        self.launcher.start()
        self._facts = self._describe()
        LOG.info(
            "worker %s, manager %s, containment %s: %s",
            self.plan.settings.worker_name,
            self.manager,
            self.launcher.technique,
            self.launcher.strength,
        )
        self._line = self._control_line(self.plan)
        self._sweeper.start()
        self._open()

    def swap(self, plan: Plan) -> None:
        """Put another configuration in force; builds that run go on.

        Raises ConfigurationError, and nothing has changed.
        """
        line = self._control_line(plan)
        if self._line is not None:
            self._old_lines.append(self._line)
        self._line = line
        self.plan = plan
        self.tokens.resize(plan.settings.slots)
        self.launcher.spares = plan.settings.slots
        self._withdraw()
        self._open()

    def drain(self) -> None:
        """Take no more jobs; builds that run go on."""
        self.draining = True
        self._withdraw()

    def cancel(self, reason: str) -> None:
        """End all builds now; their clients run them elsewhere."""
        self.draining = True
        self._withdraw()
        self.register.cancel_all(reason)

    @property
    def changing(self) -> bool:
        """Whether there are slots that take no more jobs."""
        return bool(self._leaving)

    def tidy(self) -> bool:
        """Let go of what is over; True when no slot is left."""
        for slot in [one for one in self._leaving if one.join(0)]:
            self._leaving.remove(slot)
            slot.close()
        if not self._leaving:
            for line in self._old_lines:
                line.close()
            self._old_lines.clear()
        return not self._slots and not self._leaving

    def close(self) -> None:
        """Go home; the slots must be over."""
        if self._line is not None:
            self._line.close()
        if self._sweeper.ident is not None:
            self._sweeper.join()
        self.launcher.close()
        self.launcher.wait(30)

    def wait_registered(self, timeout: float) -> bool:
        """Wait until cancels can come from at least one server."""
        return self._line is not None and self._line.wait(timeout)

    def status(self) -> dict[str, Any]:
        """Return what ``turbo-hipster status`` shows."""
        slots = [
            {"slot": slot.number, **slot.state}
            for slot in [*self._slots, *self._leaving]
        ]
        return {
            "worker": self.plan.settings.worker_name,
            "manager": self.manager,
            "pid": os.getpid(),
            "started": self.started,
            "version": turbo_hipster.__version__,
            "containment": self.launcher.technique,
            "servers": self._line.servers() if self._line else [],
            "functions": sorted(self.plan.offers),
            "slots": slots,
        }

    def reconnects(self) -> dict[str, int]:
        """Return the sessions with each server after the first."""
        return self._line.reconnects() if self._line else {}

    def _open(self) -> None:
        """Open the slots; the control connection is there already."""
        settings = self.plan.settings
        assert self._line is not None
        duty = Duty(
            plan=self.plan,
            launcher=self.launcher,
            register=self.register,
            tokens=self.tokens,
            facts=self._facts,
            manager=self.manager,
            gate=self._line.registered,
            changed=self._news,
            finished=self._finished,
            once=self._once,
            numbers=self.numbers,
            queued_at=self._queued_at,
            pulse=self.pulse,
        )
        for function, (job, _label) in self.plan.offers.items():
            Tally(self.numbers, job.name, function).known()
        for _ in range(1 if self._once else settings.slots):
            self._numbers += 1
            slot = Slot(self._numbers, duty)
            self._slots.append(slot)
            slot.start()
        self._news()

    def _control_line(self, plan: Plan) -> ControlLine:
        return ControlLine(
            plan.settings.gearman, self.manager, self.register, self.pulse
        )

    def _withdraw(self) -> None:
        for slot in self._slots:
            slot.stop()
        self._leaving += self._slots
        self._slots = []

    def _describe(self) -> dict[str, Any]:
        host = socket.gethostname()
        return {
            "worker_name": self.plan.settings.worker_name,
            "worker_hostname": host,
            "worker_fqdn": socket.getfqdn(),
            "worker_ips": _addresses(host),
            "worker_program": "turbo-hipster",
            "worker_version": turbo_hipster.__version__,
            "worker_extra": {"containment": self.launcher.technique},
        }

    def _sweep(self) -> None:
        """Publish what a worker before us left behind."""
        try:
            count = recovery.sweep(
                self.launcher,
                self.plan.settings.state_dir,
                self.plan.publishers,
            )
        except OSError as error:
            LOG.error("what was left behind cannot be looked at: %s", error)
            return
        if count:
            LOG.warning("%d builds that were left behind are published", count)


def _addresses(host: str) -> list[str]:
    found: list[str] = []
    with contextlib.suppress(OSError):
        for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
            found.append(str(info[4][0]))
    return list(dict.fromkeys(found))
