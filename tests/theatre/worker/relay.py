"""A witness of packets between a worker and its server."""

import contextlib
import socket
import threading

import pytest

from theatre.packets import packets
from theatre.servers import HOST


class Proxy:
    """A recording relay between a worker and its server.

    ``held``: it goes on taking what comes and passes nothing on, both ways,
    as a black hole would.
    """

    def __init__(self, upstream, tls=None):
        self.upstream = upstream
        self.tls = tls  # spoken outside; inside it is plain
        self.refuse = False
        self.logs = []
        self.pairs = []
        self.sockets = []
        self.threads = []
        self.listener = socket.create_server((HOST, 0), backlog=64)
        self.address = self.listener.getsockname()
        self.stopping = False
        self.start(self.accept)

    def start(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, name="proxy")
        self.threads.append(thread)
        thread.start()

    def hold(self):
        for free, _ in self.pairs:
            free.clear()

    def release(self):
        for free, _ in self.pairs:
            free.set()

    def strand(self, handle):
        """Let the server lose the connection of a job; nobody tells us."""
        for (free, up), (_, log_down) in zip(
            self.pairs, self.logs, strict=True
        ):
            if handle in bytes(log_down):
                free.clear()
                up.shutdown(socket.SHUT_RDWR)

    def accept(self):
        while True:
            down, _ = self.listener.accept()
            if self.stopping:
                down.close()
                return
            try:
                if self.refuse:
                    raise ConnectionRefusedError
                up = socket.create_connection(self.upstream, 2)
                if self.tls is not None:
                    down.settimeout(5)
                    down = self.tls.wrap_socket(down, server_side=True)
            except OSError:
                down.close()
                continue
            self.sockets += [down, up]
            for made in (down, up):
                made.settimeout(None)
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            log_up, log_down = bytearray(), bytearray()
            free = threading.Event()
            free.set()
            self.logs.append((log_up, log_down))
            self.pairs.append((free, up))
            self.start(self.flow, down, up, log_up, free)
            self.start(self.flow, up, down, log_down, free)

    def flow(self, source, target, log, free):
        with contextlib.suppress(OSError):
            while True:
                data = source.recv(65536)
                if not data:
                    break
                log += data
                free.wait()
                target.sendall(data)
        free.wait()
        for made in (source, target):
            with contextlib.suppress(OSError):
                made.shutdown(socket.SHUT_RDWR)

    def cut(self):
        """End all connections, on both sides."""
        for made in self.sockets:
            with contextlib.suppress(OSError):
                made.shutdown(socket.SHUT_RDWR)

    def sent_up(self):
        """Return what workers sent, [(type, arguments)], by connection."""
        return [packets(up) for up, _ in self.logs]

    def names_up(self):
        return [name for one in self.sent_up() for name, _ in one]

    def of_handle(self, handle):
        """Return what workers sent for one job, in order."""
        return [
            (name, data.partition(b"\0")[2])
            for one in self.sent_up()
            for name, data in one
            if data.partition(b"\0")[0] == handle
        ]

    def stop(self):
        self.stopping = True
        self.release()
        with contextlib.suppress(OSError):
            socket.create_connection(self.address, 1).close()
        self.cut()
        for thread in self.threads:
            thread.join(10)
        for made in [self.listener, *self.sockets]:
            made.close()


@pytest.fixture
def proxy_to():
    """Call it with an address to get a proxy in front of it."""
    made = []

    def make(address, tls=None):
        made.append(Proxy(address, tls))
        return made[-1]

    yield make
    for proxy in made:
        proxy.stop()
