"""Questions to a server: its queues and its workers.

One connection per question, since an answer that comes late must not be
taken for the answer to the next one.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from typing import NamedTuple

from turbo_hipster import exceptions
from turbo_hipster.gearman import packets
from turbo_hipster.gearman.dial import Dial, Server, Unreachable

LIMIT = 64 * 2**20
"""Most bytes of an answer."""


class Queue(NamedTuple):
    """One function at a server."""

    function: str
    total: int
    running: int
    workers: int


class Worker(NamedTuple):
    """One connection that offers functions at a server."""

    address: str
    client_id: str
    functions: tuple[str, ...]


def queues(
    server: Server,
    context: ssl.SSLContext | None = None,
    timeout: float = 5.0,
) -> list[Queue]:
    """Return the functions a server knows, by name.

    Raises ServerUnavailable when it gives no answer in time.
    """
    rows = []
    for line in _ask(server, "status", context, timeout):
        fields = line.rsplit("\t", 3)
        if len(fields) == 4 and all(map(str.isdecimal, fields[1:])):
            rows.append(Queue(fields[0], *map(int, fields[1:])))
    return sorted(rows)


def workers(
    server: Server,
    context: ssl.SSLContext | None = None,
    timeout: float = 5.0,
) -> list[Worker]:
    """Return the connections at a server that offer anything.

    Raises ServerUnavailable when it gives no answer in time.
    """
    rows = []
    for line in _ask(server, "workers", context, timeout):
        who, _, functions = line.partition(" :")
        fields = who.split(" ", 2)
        if len(fields) == 3 and functions.strip():
            rows.append(Worker(fields[1], fields[2], tuple(functions.split())))
    return sorted(rows, key=lambda row: (row.client_id, row.address))


def _ask(
    server: Server,
    question: str,
    context: ssl.SSLContext | None,
    timeout: float,
) -> list[str]:
    name = f"the Gearman server {server[0]}:{server[1]}"
    deadline = time.monotonic() + timeout
    try:
        made = _reach(Dial(server, context), deadline)
        with made:
            made.settimeout(timeout)
            made.sendall(question.encode("ascii") + b"\n")
            answer = _listen(made, deadline)
    except (Unreachable, OSError) as error:
        late = isinstance(error, TimeoutError)
        reason = f"no answer within {timeout:g} seconds" if late else error
        raise exceptions.ServerUnavailable(
            f"{name} cannot be asked for its {question}: {reason}"
        ) from None
    return packets.text(answer).splitlines()


def _reach(dial: Dial, deadline: float) -> socket.socket:
    try:
        while True:
            now = time.monotonic()
            if now > deadline:
                raise TimeoutError
            made = dial.proceed(now)
            if made is not None:
                return made
            poll = select.poll()
            poll.register(dial.fileno(), dial.events)
            until = min(deadline, dial.deadline)
            poll.poll(max(0.0, until - now) * 1000 + 1)
    finally:
        dial.close()


def _listen(made: socket.socket, deadline: float) -> bytes:
    answer = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        made.settimeout(left)
        data = made.recv(65536)
        if not data:
            raise OSError("it closed the connection")
        start = max(0, len(answer) - 4)
        answer += data
        if len(answer) > LIMIT:
            raise OSError("its answer has no end")
        if answer.startswith(b".\n") or b"\n.\n" in answer[start:]:
            return bytes(answer[: answer.rfind(b".\n")])
        if answer.startswith(b".\r\n") or b"\n.\r\n" in answer[start:]:
            return bytes(answer[: answer.rfind(b".\r\n")])
