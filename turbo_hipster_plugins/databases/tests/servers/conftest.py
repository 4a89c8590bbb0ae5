"""Builds, and witnesses of the servers in them."""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from theatre.builds.reach import python_for
from theatre.waiting import until, until_fixture
from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.servers.nooks import sweep

__all__ = ["until_fixture"]

NOBODY = 65534
STAGE = Path(__file__).with_name("stage.py")


def installed(name):
    """Return an engine that has a server here, or skip."""
    engine = plugins.engine(name)
    if not engine.releases():
        assert not os.environ.get("CI"), engine.advice()
        pytest.skip(engine.advice())
    return engine


@pytest.fixture(scope="session")
def state_dir(tmp_path_factory):
    """Where the prepared data of all tests lie."""
    return tmp_path_factory.mktemp("state") / "plugin"


@pytest.fixture(params=["mariadb", "postgresql"])
def engine(request):
    return installed(request.param)


@pytest.fixture
def postgresql():
    return installed("postgresql")


@pytest.fixture
def in_build(state_dir):
    """Return a function that calls another with a build's servers."""

    def call(function, state_dir=state_dir, orphans=False, **options):
        answer = []

        class Calls(Task):
            def run(self, context):
                with Servers(context, **options) as servers:
                    answer.append(function(servers))
                return model.Result.success()

        told = run_task(Calls, state_dir=state_dir)
        assert told.left == 0 or orphans
        return answer[0]

    return call


def listener_of(folder):
    """Return who listens on the one socket in a folder; none: nobody."""
    for path in Path(folder).iterdir():
        if not path.is_socket():
            continue
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(path))
            except OSError:
                continue
            told = client.getsockopt(
                socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
            )
            return struct.unpack("3i", told)[0]
    return 0


@pytest.fixture
def listener():
    return listener_of


class Witness:
    """Holds a process, so that its end can be told from a reused pid."""

    def __init__(self, pid):
        self.pid = pid
        self.handle = os.pidfd_open(pid)

    def ended(self):
        poll = select.poll()
        poll.register(self.handle, select.POLLIN)
        return bool(poll.poll(0))

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)


@pytest.fixture
def witness():
    """Return a function that holds a process; all are ended afterwards."""
    made = []

    def hold(pid):
        made.append(Witness(pid))
        return made[-1]

    yield hold
    for one in made:
        one.kill()
        os.close(one.handle)


class Stage:
    """A build with a server in another process; see stage.py."""

    def __init__(self, process):
        self.process = process

    def hear(self):
        """Return what it says next."""
        line = self.process.stdout.readline()
        assert line, f"it ended: {self.process.stderr.read()}"
        return json.loads(line)

    def ask(self, word):
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self.hear()


@pytest.fixture
def stage(tmp_path):
    """Return a function that starts a build in a process of its own."""
    started, states = [], set()

    def start(state_dir, engine="postgresql", user=None, prefix=(), **told):
        python, environment = sys.executable, dict(os.environ)
        if user is not None:
            python, environment = python_for(user)
        told |= {"state_dir": str(state_dir), "engine": engine}
        process = subprocess.Popen(
            [*prefix, python, STAGE, json.dumps(told)],
            user=user if os.geteuid() == 0 else None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env=environment | {"TMPDIR": told.get("tmp", str(tmp_path))},
        )
        started.append(process)
        states.add(Path(state_dir))
        return Stage(process)

    yield start
    for process in started:
        process.stdin.close()
        try:
            process.wait(30)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            process.stderr.close()
    for state in states:
        # what a killed build left is swept by the next one; here is none
        records = state.with_name("databases") / "nooks"
        if records.is_dir():
            sweep(records)


@pytest.fixture
def of_nobody():
    """Return a folder of the user nobody; those of pytest are closed."""
    folder = Path(tempfile.mkdtemp(prefix="th-test-"))
    os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def gone(listener, until):
    """Return a function that waits until nothing of a server is left."""

    def check(witness, folder):
        until(witness.ended, what="the server lives on")
        assert not Path(folder).exists() or not listener(folder)

    return check


__all__ += ["until"]
