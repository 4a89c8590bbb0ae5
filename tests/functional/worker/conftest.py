"""A real worker, real job servers, and witnesses that share none of its code.

``site`` writes a configuration and starts workers of it; ``zuul_of`` gives a
client that draws Zuul's conclusions; ``script`` makes commands that wait for
the test and whose processes can be seen to be gone.
"""

import contextlib
import errno
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import textwrap
import threading
import time
import uuid
from pathlib import Path

import gear
import pytest

HOST = "127.0.0.1"
LIMIT = 40
"""Seconds that anything may take; the machine may be busy."""

TERMINAL = ("WORK_COMPLETE", "WORK_FAIL", "WORK_EXCEPTION")
FIRST_KEYS = {
    "name", "number", "manager", "url", "worker_name", "worker_hostname",
    "worker_fqdn", "worker_ips", "worker_program", "worker_version",
    "worker_extra",
}  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if "functional/worker" in str(item.path):
            item.add_marker(pytest.mark.functional)


def until(condition, seconds=LIMIT, what="it did not come true in time"):
    """Wait until ``condition()`` is true, and return what it said."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        said = condition()
        if said:
            return said
        assert time.monotonic() < end, what() if callable(what) else what
        pause.wait(0.01)


@pytest.fixture(name="until")
def until_fixture():
    return until


# -- servers


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
        self.process = subprocess.Popen(
            [
                shutil.which("gearmand") or "/usr/sbin/gearmand",
                f"--listen={HOST}",
                f"--port={self.address[1]}",
                f"--log-file={self.folder / 'gearmand.log'}",
                f"--pid-file={self.folder / 'gearmand.pid'}",
                "--threads=2",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: accepts(self.address))
        return self

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Geard:
    """gear's own server, as Zuul embeds it; it numbers handles from 1."""

    kind = "geard"

    def __init__(self, folder=None, **tls):
        self.address = (HOST, 0)
        self.server = None
        self.tls = tls

    def start(self):
        self.server = gear.Server(self.address[1], host=HOST, **self.tls)
        self.server.socket.listen(64)
        self.address = (HOST, self.server.port)
        return self

    def stop(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.poll.close()
            self.server = None


@pytest.fixture
def server_of(tmp_path):
    """Call it with a kind (and gear's TLS files) to get a server."""
    made = []

    def start(kind="geard", **tls):
        folder = tmp_path / f"server-{len(made)}"
        folder.mkdir()
        one = {"geard": Geard, "gearmand": Gearmand}[kind](folder, **tls)
        made.append(one)
        return one.start()

    yield start
    for one in made:
        one.stop()


@pytest.fixture
def geard(server_of):
    return server_of("geard")


@pytest.fixture
def gearmand(server_of):
    return server_of("gearmand")


@pytest.fixture(params=["geard", "gearmand"])
def job_server(request, server_of):
    return server_of(request.param)


def ask(address, question, timeout=5):
    """Put an administrator's question, in text, and return the rows."""
    with socket.create_connection(address, timeout) as made:
        made.sendall(question.encode() + b"\n")
        text = b""
        while not text.endswith(b".\n"):
            more = made.recv(65536)
            if not more:
                break
            text += more
    return [row.split("\t") for row in text.decode().splitlines()[:-1]]


def queues(address):
    """Return (waiting and running, running, workers) of each function."""
    try:
        rows = ask(address, "status")
    except OSError:
        return {}
    return {row[0]: tuple(map(int, row[1:4])) for row in rows}


@pytest.fixture(name="queues")
def queues_fixture():
    return queues


# -- a witness of packets


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
        return [_packets(up) for up, _ in self.logs]

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


def _packets(log):
    log, found = bytes(log), []
    while len(log) >= 12:
        magic, kind, length = struct.unpack("!4sII", log[:12])
        if magic not in (b"\0REQ", b"\0RES"):
            return [*found, ("TEXT", log)]
        name = gear.constants.types[kind]
        found.append((name, log[12 : 12 + length]))
        log = log[12 + length :]
    return found


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


@pytest.fixture
def certificates(tmp_path):
    """Call it with a name: (certificate, key), signed by ``ca.crt``."""

    def openssl(*words):
        subprocess.run(
            ["openssl", *words], cwd=tmp_path, check=True, capture_output=True
        )

    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl(
        "req", "-x509", *curve, "-days", "2", "-subj", "/CN=our CA",
        "-keyout", "ca.key", "-out", "ca.crt",
    )  # fmt: skip
    (tmp_path / "names").write_text("subjectAltName = IP:127.0.0.1\n")

    def issue(name):
        openssl(
            "req", *curve, "-subj", f"/CN={name}",
            "-keyout", f"{name}.key", "-out", f"{name}.csr",
        )  # fmt: skip
        openssl(
            "x509", "-req", "-in", f"{name}.csr", "-days", "2",
            "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
            "-extfile", "names", "-out", f"{name}.crt",
        )  # fmt: skip
        return str(tmp_path / f"{name}.crt"), str(tmp_path / f"{name}.key")

    return issue


@pytest.fixture
def tarpit():
    """A server that takes connections and says nothing: ``reached()``."""

    class Tarpit:
        def __init__(self):
            self.listener = socket.create_server((HOST, 0), backlog=16)
            self.listener.settimeout(LIMIT)
            self.url = f"http://{HOST}:{self.listener.getsockname()[1]}"
            self.guests = []

        def reached(self):
            self.guests.append(self.listener.accept()[0])

        def close(self):
            for made in (*self.guests, self.listener):
                made.close()

    made = Tarpit()
    yield made
    made.close()


# -- the client


class Told:
    """One job of a client, and what it was told, in order."""

    def __init__(self, client, job):
        self.client = client
        self.job = job
        self.cancelled = False

    @property
    def packets(self):
        return [
            (name, data)
            for handle, name, data in list(self.client.raw)
            if handle == self.job.handle
        ]

    def payloads(self, *names):
        return [data for name, data in self.packets if name in names]

    @property
    def facts(self):
        """All WORK_DATA, parsed."""
        return [json.loads(data) for data in self.payloads("WORK_DATA")]

    @property
    def terminal(self):
        return [name for name, _ in self.packets if name in TERMINAL]

    @property
    def result(self):
        """Zuul parses the last data it got, whatever packet it came in."""
        data = [d for d in self.payloads("WORK_DATA", "WORK_WARNING") if d]
        data += [d for d in self.payloads("WORK_COMPLETE") if d]
        return json.loads(data[-1]).get("result") if data else None

    @property
    def conclusion(self):
        """What Zuul 2.6 makes of it."""
        assert self.terminal, "it is not over"
        if self.cancelled:
            return "IGNORED"
        return "RETRY" if self.result is None else self.result.split()[0]

    def wait(self, seconds=LIMIT):
        until(
            lambda: self.terminal,
            seconds,
            lambda: f"no end; told so far: {self.packets}",
        )
        return self

    def begun(self):
        """Wait for the first data, which says how to cancel."""
        until(lambda: self.facts)
        return self.facts[0]

    def check(self):
        """Whatever happened, this much is promised of the packets."""
        assert len(self.terminal) <= 1, self.packets
        for name, data in self.packets:
            if name == "WORK_STATUS":
                done, total = map(int, data.split(b"\0"))
                assert 0 <= done <= total
            elif data:
                assert isinstance(json.loads(data), dict)
        if self.facts:
            assert "result" not in self.facts[0]
            assert self.facts[0].keys() >= FIRST_KEYS
        for facts in self.facts:
            result = facts.get("result", "x")
            assert len(result) <= 200 and result.isprintable()
            assert "|" not in result
        if self.terminal:
            assert self.packets[-1][0] == self.terminal[0]


class Zuul(gear.Client):
    """A client that keeps what it hears and understands it as Zuul does."""

    def __init__(self):
        super().__init__("zuul")
        self.raw = []
        self.told = []

    def launch(self, function="build:unit", parameters=None, unique=None):
        if not isinstance(parameters, bytes):
            parameters = json.dumps(parameters or {}).encode()
        if unique is None:
            unique = uuid.uuid4().hex
        job = gear.Job(function.encode(), parameters, unique)
        self.submitJob(job, timeout=LIMIT)
        self.told.append(Told(self, job))
        return self.told[-1]

    def call(self, function, arguments):
        """Call a function of the worker; True if it was done."""
        if not isinstance(arguments, bytes):
            arguments = json.dumps(arguments).encode()
        job = gear.Job(function.encode(), arguments, uuid.uuid4().hex)
        self.submitJob(job, timeout=LIMIT)
        until(lambda: job.complete, LIMIT, f"{function} was not answered")
        return not job.failure

    def cancel(self, told):
        facts = told.begun()
        done = self.call(
            f"stop:{facts['manager']}",
            {"name": facts["name"], "number": facts["number"]},
        )
        told.cancelled = done
        return done

    def describe(self, facts, text="<b>text</b>"):
        return self.call(
            f"set_description:{facts['manager']}",
            {
                "name": facts["name"],
                "number": facts["number"],
                "html_description": text,
            },
        )

    def note(self, packet):
        name = gear.constants.types[packet.ptype]
        handle, _, data = bytes(packet.data).partition(b"\0")
        self.raw.append((handle, name, data))

    def handleWorkData(self, packet):  # noqa: N802
        self.note(packet)
        return super().handleWorkData(packet)

    def handleWorkWarning(self, packet):  # noqa: N802
        self.note(packet)
        return super().handleWorkWarning(packet)

    def handleWorkStatus(self, packet):  # noqa: N802
        self.note(packet)
        return super().handleWorkStatus(packet)

    def handleWorkComplete(self, packet):  # noqa: N802
        self.note(packet)
        return super().handleWorkComplete(packet)

    def handleWorkFail(self, packet):  # noqa: N802
        self.note(packet)
        return super().handleWorkFail(packet)

    def handleWorkException(self, packet):  # noqa: N802
        self.note(packet)
        return super().handleWorkException(packet)


@pytest.fixture
def zuul_of():
    """Call it with addresses to get a client there."""
    made = []

    def make(*addresses):
        client = Zuul()
        made.append(client)
        for address in addresses:
            client.addServer(*address)
        client.waitForServer(LIMIT)
        return client

    yield make
    for client in made:
        client.shutdown()
    for client in made:
        for told in client.told:
            told.check()


# -- commands that wait for the test


class Script:
    """A command that starts, waits, and ends; each in the test's hand.

    Every process of it holds the fifo ``witness`` open: the end of file
    there proves that all are gone, whatever they did.
    """

    def __init__(self, folder):
        folder.mkdir()
        self.started = folder / "started"
        self.gate = folder / "gate"
        self.witness = folder / "witness"
        os.mkfifo(self.gate)
        os.mkfifo(self.witness)
        self.open_gate = os.open(self.gate, os.O_RDWR)
        self.reader = os.open(self.witness, os.O_RDONLY | os.O_NONBLOCK)

    def waiting(self, then="", before="", **more):
        """Return parameters of a build that waits for ``go``."""
        return {
            "DO": f"exec 9>{self.witness}; {before}\n"
            f"echo x >> {self.started}\n"
            f"read line < {self.gate}\n{then}",
            **more,
        }

    def begun(self, times=1):
        until(lambda: self.runs >= times, LIMIT, "the command did not start")

    @property
    def runs(self):
        with contextlib.suppress(FileNotFoundError):
            return len(self.started.read_text().split())
        return 0

    def go(self, times=1):
        os.write(self.open_gate, b"\n" * times)

    def gone(self):
        """Whether no process of the command is left."""
        try:
            return os.read(self.reader, 1) == b""
        except BlockingIOError as error:
            assert error.errno == errno.EAGAIN
            return False

    def close(self):
        os.close(self.open_gate)
        os.close(self.reader)


@pytest.fixture
def new_script(tmp_path):
    made = []

    def make():
        made.append(Script(tmp_path / f"script-{len(made)}"))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def script(new_script):
    return new_script()


# -- the worker


JOB = """
checkout = none
command = eval "$DO"
kill_grace = 1
"""


class Worker:
    """One worker process and what it says."""

    def __init__(self, site, arguments):
        self.site = site
        self.log_path = site.folder / f"worker-{len(site.workers)}.log"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "turbo_hipster",
                    "--config-file", str(site.conf), "worker", *arguments,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=site.environment,
                cwd="/",
            )  # fmt: skip
        self.pid = self.process.pid

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    def logged(self, text, times=1):
        until(
            lambda: self.log.count(text) >= times,
            LIMIT,
            lambda: f"the log has no {text!r}:\n{self.log}",
        )

    def ready(self):
        """Wait until it is registered everywhere."""
        until(
            lambda: self.process.poll() is not None or self.registered(),
            LIMIT,
            lambda: f"it did not get ready:\n{self.log}",
        )
        assert self.process.poll() is None, self.log
        return self

    def registered(self):
        # a function with a full count: idle and busy slots offer it alike
        return all(
            queues(address).get(f"build:{name}", (0, 0, 0))[2]
            >= self.site.slots
            for address in self.site.awaited
            for name in self.site.jobs
        )

    def send(self, number):
        self.process.send_signal(number)

    def end(self, number=signal.SIGQUIT, seconds=LIMIT):
        """Send a signal and return the exit status."""
        self.send(number)
        return self.ended(seconds)

    def ended(self, seconds=LIMIT):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end:\n{self.log}") from None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def status(self):
        """Return what the status file says, {} if there is none."""
        for path in (self.site.state / "workers").glob("*.json"):
            said = json.loads(path.read_text())
            if said["pid"] == self.pid:
                return said
        return {}

    def fork_server(self):
        for pid in children(self.pid):
            if b"forkserver" in cmdline(pid):
                return pid
        return 0


class Site:
    """A folder with a configuration, and the workers that run by it."""

    def __init__(self, folder):
        self.folder = folder
        self.state = folder / "state"
        self.published = folder / "published"
        self.conf = folder / "th.conf"
        self.mark = uuid.uuid4().hex
        self.environment = {
            **os.environ,
            "SITE": self.mark,
            "PYTHONPATH": str(folder / "plugins"),
        }
        self.workers = []
        self.awaited = []

    def write(
        self,
        *servers,
        slots=2,
        jobs=None,
        default="",
        gearman="",
        publish="",
        publishers="local",
        awaited=None,
    ):
        """Write the configuration; ``awaited`` are the servers to be seen."""
        self.jobs = {"unit": JOB} if jobs is None else jobs
        self.slots = slots
        self.awaited = list(servers if awaited is None else awaited)
        listed = ", ".join(f"{host}:{port}" for host, port in servers)
        sections = "".join(
            f"\n[job:{name}]\n{textwrap.dedent(text)}"
            for name, text in self.jobs.items()
        )
        draft = self.conf.with_suffix(".draft")
        draft.write_text(
            f"[DEFAULT]\nenabled_jobs = {', '.join(self.jobs)}\n"
            f"state_dir = {self.state}\nworker_name = th01\n"
            f"slots = {slots}\n{textwrap.dedent(default)}\n"
            f"[gearman]\nservers = {listed}\n{textwrap.dedent(gearman)}\n"
            f"[publish]\npublishers = {publishers}\n"
            f"[publish:local]\npublisher = local\npath = {self.published}\n"
            f"url = https://logs.example.org/\n{textwrap.dedent(publish)}"
            f"{sections}"
        )
        draft.replace(self.conf)

    def run(self, *arguments):
        worker = Worker(self, arguments)
        self.workers.append(worker)
        return worker

    def start(self, *servers, **more):
        """Write, run, and wait until it is ready."""
        if servers:
            self.write(*servers, **more)
        return self.run().ready()

    def plugin(self, name, code, entry_points):
        """Install a distribution of one module, for our workers only."""
        place = self.folder / "plugins"
        info = place / f"{name}-1.dist-info"
        info.mkdir(parents=True)
        (place / f"{name}.py").write_text(textwrap.dedent(code))
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n"
        )
        (info / "entry_points.txt").write_text(textwrap.dedent(entry_points))

    def processes(self):
        """Return all processes that were started by our workers."""
        mark = f"SITE={self.mark}".encode()
        found = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError):
                    text = Path(f"/proc/{name}/environ").read_bytes()
                    if mark in text.split(b"\0"):
                        found[int(name)] = cmdline(int(name))
        return found

    def builds(self):
        """Return the folders of builds that are there."""
        with contextlib.suppress(FileNotFoundError):
            return sorted((self.state / "builds").iterdir())
        return []

    def orders(self):
        found = []
        for path in self.builds():
            with contextlib.suppress(OSError, ValueError):
                found.append(json.loads((path / "order.json").read_text()))
        return found

    def keeper(self):
        """Return the pid of the keeper of the one build that runs."""
        return until(lambda: [o["keeper"] for o in self.orders()])[0]

    def reports(self):
        """Return the published reports."""
        found = []
        for path in self.published.glob("**/report.json"):
            with contextlib.suppress(OSError, ValueError):
                found.append(json.loads(path.read_text()))
        return found

    def stop(self):
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.send(signal.SIGQUIT)
        for worker in self.workers:
            try:
                worker.process.wait(LIMIT)
            except subprocess.TimeoutExpired:
                worker.kill()
                raise AssertionError(f"it hung:\n{worker.log}") from None


def cmdline(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def children(pid):
    found = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


@pytest.fixture(name="children")
def children_fixture():
    return children


@contextlib.contextmanager
def opened(folder):
    """Make a site, and see at the end that its workers left nothing."""
    made = Site(folder)
    yield made
    made.stop()
    try:
        until(
            lambda: not made.processes(),
            LIMIT,
            lambda: f"left behind: {made.processes()}",
        )
    finally:
        for pid in made.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    logs = "".join(worker.log for worker in made.workers)
    assert "Traceback" not in logs, logs
    assert not list((made.state / "workers").glob("*.new"))


@pytest.fixture
def site(tmp_path, server_of, proxy_to):
    # servers and proxies outlive the workers
    with opened(tmp_path) as made:
        yield made


GATED = """
from turbo_hipster import exceptions, publisher


class Gated(publisher.Publisher):
    def publish(self, folder, destination, parameters):
        gate = parameters.get("GATE")
        if gate:
            with open(gate.replace("gate", "started"), "a") as started:
                started.write("x\\n")
            with open(gate, "rb", buffering=0) as stream:
                stream.read(1)
        raise exceptions.NotMine("this one only waits")
"""


@pytest.fixture
def gated(site):
    """Install a publisher that waits where a build names a GATE.

    Returns what ``site.start`` needs for it.
    """
    site.plugin(
        "gated", GATED, "[turbo_hipster.publisher]\ngated = gated:Gated\n"
    )
    return {
        "publishers": "gated, local",
        "publish": "[publish:gated]\npublisher = gated\n",
    }


class House:
    """One worker with two slots that several tests share."""

    jobs = {
        "unit": JOB,
        "hasty": JOB + "timeout = 0.4\n",
        "mute": JOB + "silence_timeout = 0.4\n",
        "change": 'command = eval "$DO"\nsetup_timeout = 2\n',
        "secret": JOB + "redact = TOKEN\n",
    }

    def __init__(self, folder, stack):
        self.server = Geard().start()
        stack.callback(self.server.stop)
        self.proxy = Proxy(self.server.address)
        stack.callback(self.proxy.stop)
        self.site = stack.enter_context(opened(folder))
        self.site.write(
            self.proxy.address, jobs=self.jobs, awaited=[self.server.address]
        )
        self.worker = self.site.run().ready()
        self.zuul = Zuul()
        stack.callback(self.zuul.shutdown)
        self.zuul.addServer(*self.server.address)
        self.zuul.waitForServer(LIMIT)
        # what stands here cannot become a folder
        self.site.published.mkdir()
        (self.site.published / "file").touch()

    def quiet(self):
        """Wait until every slot is free and nothing of a build is left."""
        until(lambda: not self.site.builds(), LIMIT, "a folder is left")
        until(
            lambda: all(
                slot["state"] == "idle"
                for slot in self.worker.status()["slots"]
            ),
            LIMIT,
            "a slot is not free",
        )


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield House(tmp_path_factory.mktemp("house"), stack)


@pytest.fixture
def house(shared_house):
    shared_house.zuul.told.clear()
    yield shared_house
    for told in shared_house.zuul.told:
        told.check()
    assert shared_house.worker.process.poll() is None
    shared_house.quiet()
    # both slots work
    for _ in range(2):
        again = shared_house.zuul.launch(parameters={"DO": "true"}).wait()
        assert again.conclusion == "SUCCESS"
