"""The control connection and its thread: cancels are heard at once."""

from __future__ import annotations

import itertools
import os
import threading

from turbo_hipster.conf.settings import GearmanSettings
from turbo_hipster.gearman.control import Control
from turbo_hipster.watching.pulse import Pulse
from turbo_hipster.worker.register import Register

Server = tuple[str, int]
NUMBERS = itertools.count(1)


class ControlLine:
    """Answers ``stop:`` and ``set_description:`` of one manager."""

    def __init__(
        self,
        settings: GearmanSettings,
        manager: str,
        register: Register,
        pulse: Pulse,
    ) -> None:
        self._settings = settings
        self._pulse = pulse
        self._name = f"control-{next(NUMBERS)}"
        self._control = Control(
            settings,
            f"{manager}-control",
            {
                f"stop:{manager}": register.stop,
                f"set_description:{manager}": register.describe,
            },
            lambda: pulse.beat(self._name),
        )
        self._stop = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(
            target=self._control.run, args=(self._stop,), name="control"
        )
        self._thread.start()

    def registered(self, server: Server) -> bool:
        """Whether cancels can come from a server (any thread)."""
        return self._control.registered(server)

    def wait(self, timeout: float) -> bool:
        """Wait until they can come from any server."""
        return self._control.wait_registered(timeout)

    def servers(self) -> list[dict[str, object]]:
        """Return what is known of each server, for ``status``."""
        troubles = self._control.troubles
        return [
            {
                "server": f"{host}:{port}",
                "registered": self.registered((host, port)),
                "trouble": troubles.get((host, port), ""),
            }
            for host, port in self._settings.servers
        ]

    def reconnects(self) -> dict[str, int]:
        """Return the sessions with each server after the first."""
        sessions = self._control.sessions
        return {
            f"{host}:{port}": max(0, sessions[host, port] - 1)
            for host, port in self._settings.servers
        }

    def close(self) -> None:
        """Disconnect and end the thread; a second call does nothing."""
        if self._thread.is_alive():
            os.eventfd_write(self._stop, 1)
            self._thread.join()
            os.close(self._stop)
            self._pulse.rest(self._name)
