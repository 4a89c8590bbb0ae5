"""The control connection: cancels are heard when every slot is busy.

One per worker, in a thread of its own.  Its functions stand at a server
before any build is offered there, because a client that wants to cancel asks
for an unknown function only every few seconds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

from turbo_hipster import exceptions
from turbo_hipster.conf.settings import GearmanSettings
from turbo_hipster.gearman import packets, tls
from turbo_hipster.gearman.dial import Server
from turbo_hipster.gearman.link import Link
from turbo_hipster.gearman.source import PATIENCE
from turbo_hipster.gearman.station import Assignment, Station
from turbo_hipster.gearman.switch import Switch

Handler = Callable[[bytes], bytes | None]

# What a handler may raise when a stranger's arguments surprise it.
_SURPRISES = (
    exceptions.TurboHipsterError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)

_log = logging.getLogger(__name__)


class Control:
    """Serves small functions, at once, on every server.

    ``handlers`` maps a function to what answers it: bytes are sent as
    WORK_COMPLETE, None as WORK_FAIL.  They run in the thread of ``run`` and
    must not wait for anything.  A server counts as registered when it has
    answered a question that was sent after the registration.  ``turned`` is
    called each time the loop turns.
    """

    def __init__(
        self,
        settings: GearmanSettings,
        client_id: str,
        handlers: Mapping[str, Handler],
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        context = tls.context(settings)
        self._handlers = dict(handlers)
        self._turned = turned
        self._stations = {
            Link(server, context, self, loud=True): Station(
                client_id, handlers
            )
            for server in settings.servers
        }
        self._registered: frozenset[Server] = frozenset()
        self._changed = threading.Condition()

    def run(self, stop: int) -> None:
        """Serve until the descriptor ``stop`` is readable, then disconnect."""
        switch = Switch(tuple(self._stations), self._turned)
        try:
            while stop not in switch.turn((stop,)):
                pass
        finally:
            for link in self._stations:
                self._note(link.server, False)
                link.close(PATIENCE)

    def registered(self, server: Server) -> bool:
        """Whether cancels can come from ``server`` (any thread)."""
        return server in self._registered

    def wait_registered(self, timeout: float | None = None) -> bool:
        """Wait until cancels can come from any server (any thread)."""
        with self._changed:
            return self._changed.wait_for(
                lambda: bool(self._registered), timeout
            )

    @property
    def troubles(self) -> dict[Server, str]:
        """Why there is no session with a server, for those without one."""
        return {
            link.server: link.trouble for link in self._stations if not link.up
        }

    @property
    def sessions(self) -> dict[Server, int]:
        """How often each server was connected to (any thread)."""
        return {link.server: link.session for link in self._stations}

    # -- what the links say

    def opened(self, link: Link) -> None:
        """Register, ask for a sign that it was read, then for work."""
        station = self._stations[link]
        station.opened()
        station.register(link)
        if link.up:
            link.probe()

    def received(self, link: Link, packet: packets.Packet) -> None:
        """A packet came."""
        station, session = self._stations[link], link.session
        if packet.type == packets.STATUS_RES:
            self._note(link.server, True)
        assigned = station.received(link, packet)
        if assigned is not None:
            self._answer(assigned)
        if (
            link.alive(session)
            and station.eager
            and self.registered(link.server)
        ):
            station.ask(link)

    def lost(self, link: Link) -> None:
        """A session is over."""
        self._note(link.server, False)

    def _answer(self, assigned: Assignment) -> None:
        handler = self._handlers.get(assigned.function, _nobody)
        try:
            answer = handler(assigned.arguments)
        except _SURPRISES as error:
            _log.warning(
                "%s of %s could not be answered: %s",
                assigned.function,
                assigned.link,
                error or type(error).__name__,
            )
            answer = None
        if answer is None:
            packet = packets.encode(packets.WORK_FAIL, assigned.handle)
        else:
            packet = packets.encode(
                packets.WORK_COMPLETE, assigned.handle, answer
            )
        if assigned.link.alive(assigned.session):
            assigned.link.send(packet)

    def _note(self, server: Server, registered: bool) -> None:
        with self._changed:
            if registered:
                self._registered |= {server}
            else:
                self._registered -= {server}
            self._changed.notify_all()


def _nobody(arguments: bytes) -> None:
    return None
