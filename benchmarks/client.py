"""A Gearman client as small as it can be, so that it costs nothing."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping

SUBMIT_JOB, JOB_CREATED = 7, 8
WORK_COMPLETE, WORK_FAIL, WORK_EXCEPTION, WORK_DATA = 13, 14, 25, 28
TERMINAL = {WORK_COMPLETE, WORK_FAIL, WORK_EXCEPTION}


class Client:
    """One connection to a Gearman server."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = self.socket.makefile("rb")

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self.input.close()
        self.socket.close()

    def submit(
        self, function: str, argument: Mapping[str, str], unique: str = ""
    ) -> None:
        """Ask for a job; JOB_CREATED comes as a packet."""
        text = json.dumps(argument)
        body = f"{function}\0{unique}\0{text}".encode()
        self.socket.sendall(b"\0REQ" + struct.pack(">II", 7, len(body)) + body)

    def packet(self) -> tuple[int, str, bytes]:
        """Wait for a packet: its type, the job's handle, the rest."""
        header = self.input.read(12)
        if len(header) < 12:
            raise ConnectionError("the Gearman server closed the connection")
        kind, length = struct.unpack(">II", header[4:])
        handle, _, rest = self.input.read(length).partition(b"\0")
        return kind, handle.decode(), rest

    def until(self, *kinds: int) -> tuple[int, str, bytes]:
        """Wait for a packet of one of these types."""
        while True:
            packet = self.packet()
            if packet[0] in kinds:
                return packet

    def run(self, function: str, argument: Mapping[str, str]) -> int:
        """Run a job to its end; returns the type of its last packet."""
        self.submit(function, argument)
        return self.until(*TERMINAL)[0]

    def first_data(self) -> dict:
        """Wait for the next WORK_DATA and return it."""
        return json.loads(self.until(WORK_DATA)[2])


def functions(port: int) -> dict[str, int]:
    """Return the registered functions and how many workers each has."""
    with socket.create_connection(("127.0.0.1", port), 10) as admin:
        admin.sendall(b"status\n")
        text = b""
        while not text.endswith(b".\n"):
            piece = admin.recv(65536)
            if not piece:
                break
            text += piece
    lines = [line.split("\t") for line in text.decode().splitlines()[:-1]]
    return {fields[0]: int(fields[3]) for fields in lines}
