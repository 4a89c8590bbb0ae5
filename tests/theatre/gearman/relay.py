"""A recording relay that can be cut, held, and made to lie."""

import contextlib
import os
import select
import socket
import threading

import pytest

from theatre.packets import packets
from theatre.servers import HOST


class Pair:
    def __init__(self, down, up):
        self.down, self.up = down, up
        self.to_server, self.to_worker = bytearray(), bytearray()
        self.log_up, self.log_down = bytearray(), bytearray()
        self.open = True


class Proxy:
    """A recording relay that can be cut, held, and made to lie.

    ``hold_up`` and ``hold_down`` stop one direction (the kernel goes on
    acknowledging); ``inject`` speaks to the worker in the server's name.
    """

    def __init__(self, upstream):
        self.upstream = upstream
        self.hold_up = self.hold_down = self.refuse = False
        self.inject_at_start = b""
        self.pairs = []
        self.listener = socket.socket()
        self.listener.bind((HOST, 0))
        self.listener.listen(64)
        self.address = self.listener.getsockname()
        self.lock = threading.RLock()
        self.reader, self.writer = os.pipe()
        self.stopping = False
        self.thread = threading.Thread(target=self.run, name="proxy")
        self.thread.start()

    def poke(self):
        os.write(self.writer, b"x")

    def set(self, **flags):
        with self.lock:
            for name, value in flags.items():
                setattr(self, name, value)
        self.poke()

    def cut(self):
        """End all connections, on both sides."""
        with self.lock:
            for pair in self.pairs:
                self.end(pair)

    def inject(self, data):
        with self.lock:
            for pair in self.pairs:
                if pair.open:
                    pair.to_worker += data
        self.poke()

    def inject_up(self, data):
        with self.lock:
            for pair in self.pairs:
                if pair.open:
                    pair.to_server += data
        self.poke()

    def sent_up(self):
        """What workers sent: type names, per connection in order."""
        return self.parse("log_up")

    def sent_down(self):
        return self.parse("log_down")

    def parse(self, which):
        with self.lock:
            logs = [bytes(getattr(pair, which)) for pair in self.pairs]
        return [one for log in logs for one in packets(log)]

    def names_up(self):
        return [name for name, data in self.sent_up()]

    def stop(self):
        self.stopping = True
        self.poke()
        self.thread.join()
        self.cut()
        self.listener.close()
        os.close(self.reader)
        os.close(self.writer)

    def end(self, pair):
        if pair.open:
            pair.open = False
            pair.down.close()
            pair.up.close()

    def run(self):
        while not self.stopping:
            poll = select.poll()
            poll.register(self.reader, select.POLLIN)
            poll.register(self.listener, select.POLLIN)
            who = {}
            with self.lock:
                for pair in self.pairs:
                    if pair.open:
                        self.watch(poll, who, pair)
            for fd, event in poll.poll(50):
                if fd == self.reader:
                    os.read(self.reader, 1000)
                elif fd == self.listener.fileno():
                    self.accept()
                else:
                    with self.lock:
                        pair, side = who[fd]
                        if pair.open:
                            self.move(pair, side, event)

    def accept(self):
        down, _ = self.listener.accept()
        if self.refuse:
            down.close()
            return
        try:
            up = socket.create_connection(self.upstream, 2)
        except OSError:
            down.close()
            return
        for made in (down, up):
            made.setblocking(False)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self.lock:
            self.pairs.append(Pair(down, up))
            self.pairs[-1].to_worker += self.inject_at_start

    def watch(self, poll, who, pair):
        down = up = 0
        if not self.hold_up:
            down |= select.POLLIN
            up |= select.POLLOUT if pair.to_server else 0
        if not self.hold_down:
            up |= select.POLLIN
            down |= select.POLLOUT if pair.to_worker else 0
        for made, events, side in (
            (pair.down, down, "down"),
            (pair.up, up, "up"),
        ):
            if events:
                poll.register(made, events)
                who[made.fileno()] = (pair, side)

    def move(self, pair, side, event):
        if side == "down":
            source, buffer, out = pair.down, pair.to_server, pair.to_worker
            log, held = pair.log_up, self.hold_up
        else:
            source, buffer, out = pair.up, pair.to_worker, pair.to_server
            log, held = pair.log_down, self.hold_down
        try:
            if event & select.POLLOUT and out:
                del out[: source.send(out[:65536])]
            if event & (select.POLLIN | select.POLLHUP | select.POLLERR):
                if held:
                    return
                data = source.recv(65536)
                if not data:
                    self.flush_and_end(pair)
                    return
                log += data
                buffer += data
                self.push(pair)
        except BlockingIOError:
            pass
        except OSError:
            self.end(pair)

    def push(self, pair):
        for made, out, held in (
            (pair.up, pair.to_server, self.hold_up),
            (pair.down, pair.to_worker, self.hold_down),
        ):
            if out and not held:
                with contextlib.suppress(BlockingIOError):
                    del out[: made.send(out[:65536])]

    def flush_and_end(self, pair):
        with contextlib.suppress(OSError):
            self.push(pair)
        self.end(pair)


@pytest.fixture
def proxy_to():
    """Call it with an address to get a proxy in front of it."""
    made = []

    def make(address):
        made.append(Proxy(address))
        return made[-1]

    yield make
    for proxy in made:
        proxy.stop()
