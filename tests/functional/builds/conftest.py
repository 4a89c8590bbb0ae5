"""A stage for builds, and witnesses that know nothing of it."""

import atexit
import contextlib
import functools
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

import pytest

from turbo_hipster.builds import containment
from turbo_hipster.builds.containment import proc

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[2]
PATIENCE = 60
NOBODY = 65534


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.005)


def as_user(uid, argv, **more):
    return subprocess.run(
        argv,
        cwd="/",
        user=uid if os.geteuid() == 0 else None,
        capture_output=True,
        text=True,
        **more,
    )


def within_reach(uid, folder):
    """Return a folder, or a copy of it where the user cannot read it."""
    if as_user(uid, ["ls", folder]).returncode == 0:
        return folder
    return copied(folder)


@functools.cache
def copied(folder):
    place = pathlib.Path(tempfile.mkdtemp(prefix="th-reach-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    place.chmod(0o755)

    def link(source, target):
        try:
            os.link(source, target)
        except OSError:  # another file system
            shutil.copy2(source, target)

    away = shutil.ignore_patterns(".*", "build", "__pycache__")
    shutil.copytree(
        folder, place / "it", copy_function=link, ignore=away, symlinks=True
    )
    return place / "it"


def root_for(uid):
    return within_reach(uid, ROOT)


@functools.cache
def python_for(uid):
    """Return an interpreter that the user may run, and its environment."""
    root = root_for(uid)
    libraries = {
        within_reach(uid, pathlib.Path(path))
        for path in sys.path
        if path.endswith("site-packages")
    }
    places = [
        root,
        root / HERE.relative_to(ROOT) / "specimens",
        *root.glob("turbo_hipster_plugins/*"),
        *libraries,
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": ":".join(map(str, places)),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    told = []
    for python in (sys.executable, "/usr/bin/python3"):
        with contextlib.suppress(OSError):
            tried = as_user(
                uid,
                [python, "-c", "import turbo_hipster.service"],
                env=environment,
            )
            if tried.returncode == 0:
                return python, environment
            told.append(f"{python}: {tried.stderr[-500:]}")
            continue
        told.append(f"{python}: may not be run")
    pytest.fail(
        f"no Python can run turbo_hipster as user {uid}; give that user "
        f"access to an interpreter and to {ROOT}. " + " ".join(told)
    )


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


class Build:
    """A build that the stage does."""

    def __init__(self, stage, name, first):
        self.stage = stage
        self.name = name
        self.begun = first
        self.keeper = first.get("keeper", 0)
        self.folder = pathlib.Path(first.get("folder", "/nowhere"))
        self.over = None

    def cancel(self, reason="the test says so"):
        self.stage.tell(do="cancel", name=self.name, reason=reason)

    def wait(self):
        """Wait for the end; returns the answer."""
        if self.over is None:
            self.over = self.stage.await_event("over", self.name)
        return self.over.get("answer")

    @property
    def news(self):
        return [
            one
            for one in self.stage.heard
            if one["event"] == "news" and one["name"] == self.name
        ]

    @property
    def lost(self):
        return any(
            one["event"] == "lost" and one["name"] == self.name
            for one in self.stage.heard
        )

    @property
    def published(self):
        """The folder that the results are in."""
        url = self.wait()["url"]
        assert url.startswith("file://"), self.over
        path = urllib.parse.unquote(url.removeprefix("file://"))
        return pathlib.Path(path).parent

    @property
    def report(self):
        return json.loads((self.published / "report.json").read_text())

    def log(self, name="task_output.log"):
        return (self.published / name).read_text(errors="replace")

    def live_log(self, name="task_output.log"):
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "report" / name).read_text(errors="replace")
        return ""

    def await_live(self, text, name="task_output.log"):
        wait_until(lambda: text in self.live_log(name), f"{text!r} in {name}")

    @property
    def judgement(self):
        answer = self.wait()
        assert answer is not None, self.over
        return answer["verdict"], *answer["sentences"]


class Stage:
    """One run of stage.py."""

    def __init__(
        self,
        technique="descendants",
        *,
        uid=0,
        spares=1,
        base=None,
        state=None,
    ):
        uid = uid if os.geteuid() == 0 else os.geteuid()
        self.uid = uid
        self.spares = spares
        self.technique = technique
        self.own = base is None
        self.base = base or new_base(uid)
        self.state = self.base / "state"
        if self.own:
            self.witnesses = Witnesses(self.base)
            for path in self.base.iterdir():
                os.chown(path, uid, uid)
        self.heard = []
        self.counter = 0
        python, environment = python_for(uid)
        told = {
            "base": str(self.base),
            "uid": uid,
            "technique": technique,
            "spares": spares,
        }
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            [
                python,
                "-P",
                root_for(uid) / HERE.relative_to(ROOT) / "stage.py",
                json.dumps(told),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=environment,
            user=uid if os.geteuid() == 0 else None,
            group=uid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            start_new_session=True,
            text=True,
        )
        self.queue = queue.SimpleQueue()
        self.reader = threading.Thread(target=self._read, name="stage reader")
        self.reader.start()
        first = self._next()
        self.refusal = first.get("text", "")
        self.server = first.get("server", 0)
        self.server_started = proc.start_time(self.server)

    def _read(self):
        for line in self.process.stdout:
            self.queue.put(json.loads(line))
        self.queue.put(None)

    def _next(self):
        deadline = time.monotonic() + PATIENCE
        while True:
            # few senders fit into the queue of a socket
            if self.own:
                self.witnesses.listen()
            with contextlib.suppress(queue.Empty):
                told = self.queue.get(timeout=0.2)
                break
            assert time.monotonic() < deadline, "nothing happens on the stage"
        assert told is not None, f"the stage fell silent: {self.said()}"
        self.heard.append(told)
        return told

    def said(self):
        self.errors.seek(0)
        return self.errors.read()

    def tell(self, **words):
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def await_event(self, event, name=None):
        """Return the last such event, waiting until there is one."""
        while True:
            for told in reversed(self.heard):
                if told["event"] == event and told.get("name") == name:
                    return told
            self._next()

    def build(self, task, *, entry=None, params=None, **told):
        self.counter += 1
        name = f"b{self.counter}"
        options = {
            key: str(value) for key, value in told.pop("options", {}).items()
        }
        self.tell(
            do="build",
            name=name,
            entry=entry or f"tasks:{task}",
            params={"BASE": str(self.base), **(params or {})},
            options=options,
            **told,
        )
        while True:
            first = self._next()
            if first.get("name") == name:
                return Build(self, name, first)

    def judge(self, task, **told):
        """Do a build to its end; returns its verdict and sentences."""
        return self.build(task, **told).judgement

    def wait_until(self, condition, what):
        wait_until(condition, what)

    def facts(self):
        count = len(self.heard)
        self.tell(do="facts")
        while True:
            told = self._next()
            if told["event"] == "facts":
                self.heard = self.heard[:count]
                return told

    def sweep(self):
        self.tell(do="sweep")
        return self.await_event("swept")["count"]

    def sweep_again(self):
        self.heard = [told for told in self.heard if told["event"] != "swept"]
        return self.sweep()

    def folders(self):
        folder = self.state / "builds"
        return sorted(folder.iterdir()) if folder.exists() else []

    def await_quiet(self):
        """Nothing of any build is left: mounts too."""
        self.await_quiet_but_for_mounts()
        assert str(self.base) not in pathlib.Path("/proc/mounts").read_text()

    def await_quiet_but_for_mounts(self):
        """Nothing of any build is left: witnesses, folders, processes."""
        wait_until(self.witnesses.gone, "the end of all processes")
        wait_until(lambda: not self.folders(), f"no {self.folders()}")
        # the fork server, and waiting keepers with two processes each: for
        # the build, and for what is published of it
        at_rest = 1 + 3 * self.spares * any(
            told["event"] == "begun" for told in self.heard
        )
        wait_until(lambda: self.facts()["tree"] == at_rest, "only the spares")
        self.witnesses.forget()

    def kill(self):
        """Kill the "worker" itself with -9."""
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            wait_until(
                lambda: self.process.poll() is not None, "the stage's end"
            )
        else:
            self.process.stdin.close()
        self.reader.join(PATIENCE)
        self.process.stdout.close()
        self.errors.close()
        if self.server:
            wait_until(
                lambda: not proc.alive(self.server), "the fork server's end"
            )

    def end_by_force(self):
        """After a failure: no process of ours outlives the test."""
        ours = {self.server: self.server_started}
        if self.process.poll() is None:
            ours[self.process.pid] = proc.start_time(self.process.pid)
        for above, started in ours.items():
            if started and proc.start_time(above) == started:
                for pid in (above, *proc.children_tree(above)):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.reader.join(PATIENCE)

    def clear_away(self):
        if self.own:
            self.witnesses.close()
            shutil.rmtree(self.base, ignore_errors=True)


def new_base(uid):
    base = pathlib.Path(tempfile.mkdtemp(prefix="th-", dir="/tmp"))
    (base / "state").mkdir()
    os.chown(base, uid, uid)
    return base


def our_cgroups():
    try:
        base = containment.make("cgroup").base
    except OSError:
        return set()
    return set(base.glob("turbo-hipster-*"))


def users_here():
    return [0, NOBODY] if os.geteuid() == 0 else [os.geteuid()]


def combinations():
    for uid in users_here():
        for name in ("cgroup", "pid_namespace", "descendants"):
            who = "root" if uid == 0 else "nobody"
            yield pytest.param((name, uid), id=f"{name}-{who}")


@functools.cache
def refusal(technique, uid):
    """Ask in a process of its own why a technique does not work here."""
    python, environment = python_for(uid)
    code = (
        "import sys\n"
        "from turbo_hipster.builds import containment\n"
        "from turbo_hipster.builds.containment import trial\n"
        "try:\n"
        "    print(trial.why_not(containment.make(sys.argv[1])))\n"
        "except OSError as error:\n"
        "    print(error)\n"
    )
    return subprocess.run(
        [python, "-c", code, technique],
        env=environment,
        cwd="/",
        user=uid if os.geteuid() == 0 else None,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.fixture(scope="module", params=combinations())
def way(request):
    """A technique's name and the user it is used by."""
    if reason := refusal(*request.param):
        pytest.skip(f"not on this machine: {reason}")
    return request.param


@contextlib.contextmanager
def stages():
    """Give out a maker of stages; see that nothing of them stays."""
    before = our_cgroups()
    opened = []

    def open_stage(*arguments, **named):
        opened.append(Stage(*arguments, **named))
        return opened[-1]

    try:
        yield open_stage
        for one in reversed(opened):
            one.close()
        for one in opened:
            if one.own:
                wait_until(one.witnesses.gone, "the end of all processes")
    finally:
        for one in reversed(opened):
            one.end_by_force()
            one.clear_away()
    wait_until(
        # other tests, which run at the same time, may have some as well
        lambda: all(map(_is_anothers, our_cgroups() - before)),
        "the end of each cgroup",
    )


def _is_anothers(path):
    """Whether its keeper lives."""
    return proc.alive(int(path.name.split("-")[3]))


@pytest.fixture(name="wait_until")
def _wait_until():
    return wait_until


@pytest.fixture
def users():
    return users_here()


@pytest.fixture
def new_stage():
    with stages() as open_stage:
        yield open_stage


@pytest.fixture(scope="module")
def stage_of_way(way):
    with stages() as open_stage:
        technique, uid = way
        yield open_stage(technique, uid=uid)


@pytest.fixture(scope="module")
def stage_of_module():
    with stages() as open_stage:
        yield open_stage("auto", uid=users_here()[-1])


@pytest.fixture
def each(stage_of_way):
    """A stage of every way; at rest again after each test."""
    stage_of_way.witnesses.forget()
    yield stage_of_way
    stage_of_way.await_quiet()


@pytest.fixture
def one(stage_of_module):
    """A stage of the ordinary user; at rest again after each test."""
    stage_of_module.witnesses.forget()
    yield stage_of_module
    stage_of_module.await_quiet()


class SlowGit:
    """A git server of which nothing is ever heard."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        port = self.socket.getsockname()[1]
        self.asked = {
            "origin": f"git://127.0.0.1:{port}",
            "params": {
                "ZUUL_PROJECT": "some/project",
                "ZUUL_BRANCH": "master",
                "ZUUL_REF": "refs/zuul/master/Z1",
            },
        }

    def await_call(self):
        self.socket.settimeout(PATIENCE)
        self.calls = [self.socket.accept()[0]]

    def close(self):
        for one in (self.socket, *getattr(self, "calls", ())):
            one.close()


@pytest.fixture
def slow_git():
    server = SlowGit()
    yield server
    server.close()
