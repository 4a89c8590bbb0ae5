"""Where one worker connection stands with its server.

It registers functions, asks for a job, and sleeps until the server calls.
Never CAN_DO_TIMEOUT (geard drops the function, gearmand runs the job again
and again), never a plain GRAB_JOB, ECHO_REQ or OPTION_REQ (geard is silent).
"""

from __future__ import annotations

import enum
import logging
import time
from collections.abc import Iterable
from typing import NamedTuple

from turbo_hipster.gearman import packets
from turbo_hipster.gearman.link import Link

_log = logging.getLogger(__name__)

_GRAB = packets.encode(packets.GRAB_JOB_UNIQ)
_SLEEP = packets.encode(packets.PRE_SLEEP)


class Assignment(NamedTuple):
    """A job as the server handed it out."""

    link: Link
    session: int
    handle: bytes
    function: str
    unique: str
    arguments: bytes


class State(enum.Enum):
    """What is between us and the server's queue."""

    AWAKE = "there may be a job"
    ASKED = "we asked and wait for the answer"
    ASLEEP = "there was none; the server calls"


class Station:
    """The worker's side of one link; the owner passes on what it hears."""

    def __init__(self, client_id: str, functions: Iterable[str]) -> None:
        self.registered = False
        self.state = State.AWAKE
        self.asked_at = 0.0
        self._client_id = _one_word(client_id)
        self._functions = frozenset(functions)

    def opened(self) -> None:
        """A new session knows nothing of the older one."""
        self.registered = False
        self.state = State.AWAKE

    def register(self, link: Link) -> None:
        """Say who we are and what we can do."""
        self.registered = True
        link.send(
            packets.encode(packets.SET_CLIENT_ID, self._client_id),
            *_each(packets.CAN_DO, self._functions),
        )

    def change(self, link: Link, functions: Iterable[str]) -> None:
        """Offer other functions from now on."""
        old, self._functions = self._functions, frozenset(functions)
        if not (link.up and self.registered):
            return
        # geard ends a connection that takes back what it never offered
        gone, new = old - self._functions, self._functions - old
        requests = (
            *_each(packets.CANT_DO, gone),
            *_each(packets.CAN_DO, new),
        )
        if new and self.state is State.ASLEEP:
            self.state = State.AWAKE
        if requests:
            link.send(*requests)

    @property
    def eager(self) -> bool:
        """Whether it makes sense to ask for a job."""
        return (
            self.registered
            and self.state is State.AWAKE
            and bool(self._functions)
        )

    def ask(self, link: Link) -> None:
        """Ask for a job; the answer is one, or that there is none."""
        self.state = State.ASKED
        self.asked_at = time.monotonic()
        link.send(_GRAB)

    def received(
        self, link: Link, packet: packets.Packet
    ) -> Assignment | None:
        """Take note of a packet; a job is returned.

        Raises Garbled for a job that cannot be read, or that nobody asked
        for: dropping the session gives it back to the server.
        """
        kind = packet.type
        if kind == packets.JOB_ASSIGN_UNIQ:
            handle, function, unique, arguments = packet.arguments(4)
            if self.state is not State.ASKED:
                raise packets.Garbled(
                    f"it assigned {packets.text(handle)!r} to us, and we had "
                    "not asked for a job"
                )
            if not handle or not function:
                raise packets.Garbled("it assigned a job without a name")
            self.state = State.AWAKE
            return Assignment(
                link,
                link.session,
                handle,
                packets.text(function),
                packets.text(unique),
                arguments,
            )
        if kind == packets.JOB_ASSIGN:
            raise packets.Garbled("it assigned a job without a unique id")
        if kind == packets.NO_JOB and self.state is State.ASKED:
            self.state = State.ASLEEP
            link.send(_SLEEP)
        elif kind == packets.NOOP and self.state is State.ASLEEP:
            self.state = State.AWAKE
        elif kind == packets.ERROR:
            _log.warning(
                "%s reports an error: %r", link, packets.text(packet.data)
            )
        return None


def _each(kind: int, functions: Iterable[str]) -> list[bytes]:
    return [packets.encode(kind, name) for name in sorted(functions)]


def _one_word(client_id: str) -> str:
    """Return a name that fits into one column of the server's answers."""
    return "".join(
        letter if letter.isprintable() and not letter.isspace() else "-"
        for letter in client_id
    )
