"""Witnesses of processes, which know nothing of our own code."""

import contextlib
import os
import signal
import socket
import struct

from theatre.waiting import wait_until
from turbo_hipster.builds.containment import proc


class Witnesses:
    """A named pipe whose end tells that all are gone, and who lived.

    Each process sends a byte to a socket; the kernel adds the sender's pid as
    *we* see it, whatever namespace it is in (unix(7), SO_PASSCRED).
    """

    def __init__(self, base):
        os.mkfifo(base / "witness.pipe")
        self.pipe = os.open(base / "witness.pipe", os.O_RDONLY | os.O_NONBLOCK)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.socket.bind(str(base / "witness.socket"))
        self.socket.setblocking(False)
        self.seen = {}

    def listen(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                _, extra, _, _ = self.socket.recvmsg(16, 256)
                (pid,) = struct.unpack_from("i", extra[0][2])
                self.seen.setdefault(pid, proc.start_time(pid))

    def await_number(self, number):
        def heard():
            self.listen()
            return len(self.seen) >= number

        wait_until(heard, f"{number} processes, not {len(self.seen)}")

    def living(self):
        self.listen()
        return [
            pid
            for pid, start in self.seen.items()
            if start and proc.start_time(pid) == start and proc.alive(pid)
        ]

    def pipe_is_at_end(self):
        try:
            return os.read(self.pipe, 1) == b""
        except BlockingIOError:
            return False

    def gone(self):
        return self.pipe_is_at_end() and not self.living()

    def forget(self):
        self.listen()
        self.seen.clear()

    def close(self):
        for pid in self.living():
            os.kill(pid, signal.SIGKILL)
        os.close(self.pipe)
        self.socket.close()
