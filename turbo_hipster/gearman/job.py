"""A job that a server gave to us, and the packets we may send for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.gearman import packets
from turbo_hipster.gearman.dial import Server
from turbo_hipster.gearman.link import Link
from turbo_hipster.gearman.station import Assignment


class FinishedTwice(exceptions.TurboHipsterError, RuntimeError):
    """Something was to be sent for a job after its terminal packet.

    The server would pass it on, to a client that has drawn its conclusions.
    """


class Job:
    """One job: facts that do not change, and four things to say about it.

    ``unique`` is the client's own id, as text; it may be empty, long, or
    anything else.  ``handle`` is the server's name of the job, for the log.
    Every method raises LostConnection when the session the job came in is
    over, and FinishedTwice after ``complete`` or ``fail``.  All data is JSON:
    clients parse the last data they got, whatever packet it came in.
    """

    def __init__(self, assignment: Assignment) -> None:
        self.function = assignment.function
        self.unique = assignment.unique
        self.arguments = assignment.arguments
        self.server: Server = assignment.link.server
        self.handle = packets.text(assignment.handle)
        self._assignment = assignment
        self._finished = False

    def __str__(self) -> str:
        host, port = self.server
        return f"job {self.handle} ({self.function}) of {host}:{port}"

    @property
    def live(self) -> bool:
        """Whether its session is still the present one."""
        return self._assignment.link.alive(self._assignment.session)

    @property
    def finished(self) -> bool:
        """Whether its terminal packet was handed over."""
        return self._finished

    @property
    def running(self) -> bool:
        """Whether somebody still waits for its end."""
        return self.live and not self._finished

    def came_by(self, link: Link) -> bool:
        """Whether it came in by this connection."""
        return self._assignment.link is link

    def data(self, facts: Mapping[str, Any]) -> None:
        """Tell the client facts (WORK_DATA)."""
        self._send(packets.WORK_DATA, _json(facts))

    def status(self, done: int, total: int) -> None:
        """Tell the client how far it is (WORK_STATUS)."""
        self._send(packets.WORK_STATUS, str(done), str(total))

    def complete(self, facts: Mapping[str, Any]) -> None:
        """Finish it well (WORK_COMPLETE, with facts)."""
        self._send(packets.WORK_COMPLETE, _json(facts), last=True)

    def fail(self) -> None:
        """Finish it badly (WORK_FAIL)."""
        self._send(packets.WORK_FAIL, last=True)

    def _send(
        self, kind: int, *arguments: str | bytes, last: bool = False
    ) -> None:
        if self._finished:
            raise FinishedTwice(f"{self} is finished already")
        if not self.live:
            raise self._lost()
        self._finished = last
        self._assignment.link.send(
            packets.encode(kind, self._assignment.handle, *arguments)
        )
        if not self.live:
            raise self._lost()

    def _lost(self) -> exceptions.LostConnection:
        return exceptions.LostConnection(
            f"the connection that {self} came in is lost"
        )


def _json(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, allow_nan=False).encode("ascii")
