"""Real job servers, and witnesses that know nothing of our own code."""

import contextlib
import gc
import os
import select
import shutil
import socket
import struct
import subprocess
import threading
import time
import warnings

import gear
import pytest

from turbo_hipster.conf.settings import GearmanSettings
from turbo_hipster.gearman import source

HOST = "127.0.0.1"


def pytest_collection_modifyitems(items):
    for item in items:
        if "functional/gearman" in str(item.path):
            item.add_marker(pytest.mark.functional)


def until(condition, seconds=15):
    """Wait until ``condition()`` is true, and return what it said."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        said = condition()
        if said:
            return said
        assert time.monotonic() < end, "it did not come true in time"
        pause.wait(0.005)


@pytest.fixture(name="until")
def until_fixture():
    return until


def open_fds():
    found = {}
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found[int(name)] = os.readlink(f"/proc/self/fd/{name}")
    return found


@pytest.fixture(autouse=True)
def nothing_is_left():
    threads, fds = set(threading.enumerate()), open_fds()
    yield

    def clean():
        gc.collect()
        late = {t for t in threading.enumerate() if t not in threads}
        now = open_fds()
        extra = {fd: what for fd, what in now.items() if fd not in fds}
        return not late and not extra

    with contextlib.suppress(AssertionError):
        until(clean, 5)
    assert {t for t in threading.enumerate() if t not in threads} == set()
    now = open_fds()
    assert {fd: what for fd, what in now.items() if fd not in fds} == {}


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def accepts(address):
    with contextlib.suppress(OSError), socket.create_connection(address, 1):
        return True
    return False


class Gearmand:
    """Debian's server."""

    kind = "gearmand"

    def __init__(self, folder):
        self.folder = folder
        self.address = (HOST, free_port())
        self.process = None

    def start(self):
        log = self.folder / "gearmand.log"
        self.process = subprocess.Popen(
            [
                shutil.which("gearmand") or "/usr/sbin/gearmand",
                f"--listen={HOST}",
                f"--port={self.address[1]}",
                f"--log-file={log}",
                f"--pid-file={self.folder / 'gearmand.pid'}",
                "--threads=2",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: accepts(self.address))

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Geard:
    """gear's own server, as Zuul embeds it."""

    kind = "geard"

    def __init__(self, **tls):
        self.address = (HOST, 0)
        self.server = None
        self.tls = tls

    def start(self):
        self.server = gear.Server(self.address[1], host=HOST, **self.tls)
        self.server.socket.listen(64)
        self.address = (HOST, self.server.port)

    def stop(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.poll.close()
            self.server = None


@pytest.fixture
def gearmand(tmp_path):
    made = Gearmand(tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def geard():
    made = Geard()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def second_geard():
    made = Geard()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def tls_geard():
    """Call it with gear's TLS arguments."""
    started = []

    def start(**files):
        made = Geard(**files)
        made.start()
        started.append(made)
        return made

    yield start
    for made in started:
        made.stop()


@pytest.fixture(params=["geard", "gearmand"])
def job_server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def black_hole():
    """An address where nobody answers, not even with a refusal."""
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind((HOST, 0))
        listener.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()


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
        found = []
        with self.lock:
            logs = [bytes(getattr(pair, which)) for pair in self.pairs]
        for log in logs:
            while len(log) >= 12:
                magic, kind, length = struct.unpack("!4sII", log[:12])
                if magic not in (b"\0REQ", b"\0RES"):
                    found.append(("TEXT", log))
                    break
                found.append(
                    (gear.constants.types[kind], log[12 : 12 + length])
                )
                log = log[12 + length :]
        return found

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


class Pipe:
    def __init__(self):
        self.reader, self.writer = os.pipe()

    def set(self):
        os.write(self.writer, b"x")

    def clear(self):
        os.read(self.reader, 1000)


@pytest.fixture
def new_pipe():
    made = []

    def make():
        made.append(Pipe())
        return made[-1]

    yield make
    for pipe in made:
        os.close(pipe.reader)
        os.close(pipe.writer)


@pytest.fixture
def wake(new_pipe):
    return new_pipe()


@pytest.fixture
def settings_for():
    def make(*addresses, **more):
        return GearmanSettings(servers=tuple(addresses), **more)

    return make


@pytest.fixture
def source_for(settings_for):
    """Call it with addresses, functions and a gate to get a source."""
    made = []

    def make(*addresses, functions=("build:unit",), **more):
        tls = more.pop("tls", {})
        one = source.Source(
            settings_for(*addresses, **tls), "worker 1", functions, **more
        )
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()


class Taken:
    """A ``take`` that goes on in a thread until it has something."""

    def __init__(self, one, wake):
        self.job = self.error = None
        self.thread = threading.Thread(
            target=self.run, args=(one, wake.reader), name="slot"
        )
        self.thread.start()

    def run(self, one, fd):
        try:
            self.job = one.take(fd)
        except Exception as error:
            self.error = error

    @property
    def over(self):
        return not self.thread.is_alive()

    def result(self, seconds=15):
        self.thread.join(seconds)
        assert not self.thread.is_alive(), "take did not return"
        if self.error is not None:
            raise self.error
        return self.job


@pytest.fixture
def taking(new_pipe):
    started = []

    def start(one, wake=None):
        pipe = wake or new_pipe()
        taken = Taken(one, pipe)
        started.append((taken, pipe))
        return taken

    yield start
    for taken, pipe in started:
        pipe.set()
        taken.thread.join(15)


class Recorder(gear.Client):
    """A foreign client that keeps what it hears, in order."""

    def __init__(self):
        super().__init__("recorder")
        self.heard = {}

    def note(self, packet):
        name = gear.constants.types[packet.ptype]
        handle, _, data = bytes(packet.data).partition(b"\0")
        self.heard.setdefault(handle, []).append((name, data))

    def handleWorkData(self, packet):  # noqa: N802
        self.note(packet)
        super().handleWorkData(packet)

    def handleWorkStatus(self, packet):  # noqa: N802
        self.note(packet)
        super().handleWorkStatus(packet)

    def handleWorkComplete(self, packet):  # noqa: N802
        self.note(packet)
        super().handleWorkComplete(packet)

    def handleWorkFail(self, packet):  # noqa: N802
        self.note(packet)
        super().handleWorkFail(packet)


def end(thing):
    """Shut down something of gear's.

    It forgets to close a connection that came about in the same moment.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        thing.shutdown()
        gc.collect()


@pytest.fixture
def end_gear():
    return end


@pytest.fixture
def client_of():
    """Call it with an address to get gear's client there."""
    made = []

    def make(address):
        client = Recorder()
        made.append(client)
        client.addServer(*address)
        client.waitForServer()
        return client

    yield make
    for client in made:
        end(client)


@pytest.fixture
def submit():
    def do(client, function="build:unit", arguments=b"{}", unique=None):
        job = gear.Job(function.encode(), arguments, unique)
        client.submitJob(job)
        return job

    return do
