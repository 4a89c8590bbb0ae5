"""Submit a job and hear what becomes of it."""

from __future__ import annotations

import dataclasses
import enum
import json
import logging
import math
import ssl
import time
from collections.abc import Mapping, Sequence
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.conf.settings import GearmanSettings
from turbo_hipster.gearman import admin, packets, tls
from turbo_hipster.gearman.dial import Server
from turbo_hipster.gearman.link import Link
from turbo_hipster.gearman.switch import Switch

_log = logging.getLogger(__name__)


class Kind(enum.Enum):
    """What a server may tell of a job."""

    DATA = "data"
    WARNING = "warning"
    STATUS = "status"
    COMPLETE = "complete"
    FAIL = "fail"
    EXCEPTION = "exception"
    LOST = "lost"


_KINDS = {
    packets.WORK_DATA: Kind.DATA,
    packets.WORK_WARNING: Kind.WARNING,
    packets.WORK_STATUS: Kind.STATUS,
    packets.WORK_COMPLETE: Kind.COMPLETE,
    packets.WORK_FAIL: Kind.FAIL,
    packets.WORK_EXCEPTION: Kind.EXCEPTION,
}

_LAST = {Kind.COMPLETE, Kind.FAIL, Kind.EXCEPTION, Kind.LOST}


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """One thing that was told; ``done`` and ``total`` are of a STATUS."""

    kind: Kind
    data: bytes = b""
    done: int = 0
    total: int = 0

    @property
    def last(self) -> bool:
        """Whether nothing follows."""
        return self.kind in _LAST

    def facts(self) -> dict[str, Any]:
        """Return the data as a JSON object; empty if it is none."""
        try:
            facts = json.loads(self.data)
        except (ValueError, RecursionError):
            return {}
        return facts if isinstance(facts, dict) else {}


class Submission:
    """A job at a server; use it in a ``with`` block.

    ``handle`` is the server's name of it.  There is no second session: when
    the connection is lost, so is what becomes of the job.
    """

    def __init__(
        self, server: Server, context: ssl.SSLContext | None, request: bytes
    ) -> None:
        self.server = server
        self.handle = ""
        self.ended = False
        self._handle: bytes | None = None
        self._request = request
        self._refusal = ""
        self._events: list[Event] = []
        self._link = Link(server, context, self)
        self._switch = Switch((self._link,))

    def __enter__(self) -> Submission:
        return self

    def __exit__(self, *ignored: object) -> None:
        self.close()

    def submit(self, timeout: float) -> None:
        """Hand the job over; raise ServerUnavailable if it is not taken."""
        end = time.monotonic() + timeout
        while self._handle is None:
            self._switch.turn((), end)
            reason = self._refusal or self._link.trouble
            if not reason and time.monotonic() >= end:
                reason = f"it did not take the job within {timeout:.0f} s"
            if reason and self._handle is None:
                self.close()
                raise exceptions.ServerUnavailable(f"{self._link}: {reason}")

    def next(
        self, wake: Sequence[int] = (), timeout: float | None = None
    ) -> Event | None:
        """Wait for what comes next.

        None when one of ``wake`` is readable or after ``timeout`` seconds,
        and at once when the last event was given out.
        """
        end = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            if self._events:
                event = self._events.pop(0)
                self.ended = event.last
                return event
            if self.ended or self._switch.turn(wake, end):
                return None
            if time.monotonic() >= end and not self._events:
                return None

    def close(self) -> None:
        """Disconnect; a server may take back a job that still waits."""
        self.ended = True
        self._link.close()

    # -- what the link says

    def opened(self, link: Link) -> None:
        """Submit."""
        link.send(self._request)

    def lost(self, link: Link) -> None:
        """Nothing more will be heard."""
        link.close()
        if not any(event.last for event in self._events):
            self._events.append(Event(Kind.LOST, link.trouble.encode()))

    def received(self, link: Link, packet: packets.Packet) -> None:
        """Sort what comes."""
        if packet.type == packets.ERROR:
            code, _, said = packet.data.partition(b"\0")
            words = f"{packets.text(code)}: {packets.text(said)}".strip("\0")
            _log.warning("%s reports an error: %s", link, words)
            if self._handle is None:
                self._refusal = f"it refused the job: {words}"
        elif packet.type == packets.JOB_CREATED and self._handle is None:
            self._handle = packet.data
            self.handle = packets.text(packet.data)
        elif packet.type in _KINDS:
            handle, _, data = packet.data.partition(b"\0")
            if handle != self._handle:
                return
            event = _event(_KINDS[packet.type], data)
            self._events.append(event)
            if event.last:
                link.close()


def _event(kind: Kind, data: bytes) -> Event:
    if kind is not Kind.STATUS:
        return Event(kind, data)
    done, _, total = data.partition(b"\0")
    if not (done.isdigit() and total.isdigit()) or len(data) > 40:
        return Event(kind)
    return Event(kind, done=int(done), total=int(total))


def submit(
    settings: GearmanSettings,
    function: str,
    arguments: Mapping[str, Any] | bytes,
    unique: str,
    *,
    servers: Sequence[Server] | None = None,
    timeout: float = 5.0,
) -> Submission:
    """Submit to the first server that has a worker for ``function``.

    ``timeout`` is in seconds for each server.  Raises ServerUnavailable,
    whose text says of each server why not.
    """
    context = tls.context(settings)
    data = arguments if isinstance(arguments, bytes) else _json(arguments)
    request = packets.encode(packets.SUBMIT_JOB, function, unique, data)
    reasons = []
    for server in servers or settings.servers:
        try:
            rows = admin.queues(server, context, timeout)
            if not any(r.function == function and r.workers for r in rows):
                raise exceptions.ServerUnavailable(
                    f"no worker at {server[0]}:{server[1]} offers {function}"
                )
            made = Submission(server, context, request)
            made.submit(timeout)
        except exceptions.ServerUnavailable as error:
            reasons.append(str(error))
            continue
        return made
    raise exceptions.ServerUnavailable("; ".join(reasons))


def _json(arguments: Mapping[str, Any]) -> bytes:
    return json.dumps(arguments).encode("ascii")
