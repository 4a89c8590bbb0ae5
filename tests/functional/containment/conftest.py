"""A stage for hostile builds, and witnesses that know nothing of it."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import time

import pytest

from turbo_hipster.builds import containment
from turbo_hipster.builds.containment import mark, proc

HERE = pathlib.Path(__file__).parent
PATIENCE = 60


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.002)


class Witnesses:
    """A pipe whose end tells that all are gone, and a list of who lived.

    Each process sends a byte on a socket; the kernel adds the sender's pid
    as *we* see it, whatever namespace it is in (unix(7), SO_PASSCRED).
    """

    def __init__(self):
        self.pipe, self.held_pipe = os.pipe()
        self.socket, self.held_socket = socket.socketpair(
            socket.AF_UNIX, socket.SOCK_SEQPACKET
        )
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.socket.setblocking(False)
        self.seen = {}

    @property
    def held(self):
        return [self.held_pipe, self.held_socket.fileno()]

    def let_go(self):
        os.close(self.held_pipe)
        self.held_socket.close()

    def listen(self):
        with contextlib.suppress(BlockingIOError, ConnectionResetError):
            while True:
                data, extra, _, _ = self.socket.recvmsg(16, 256)
                if not data:
                    return
                (pid,) = struct.unpack_from("i", extra[0][2])
                self.seen.setdefault(pid, proc.start_time(pid))

    def heard(self, number):
        self.listen()
        return len(self.seen) >= number

    def living(self):
        """Who was seen and is still in /proc, and no zombie."""
        self.listen()
        return [
            pid
            for pid, start in self.seen.items()
            if start and proc.start_time(pid) == start and proc.alive(pid)
        ]

    def pipe_is_at_end(self):
        os.set_blocking(self.pipe, False)
        try:
            return os.read(self.pipe, 1) == b""
        except BlockingIOError:
            return False

    def all_gone(self):
        return self.pipe_is_at_end() and not self.living()

    def close(self):
        for pid in self.living():
            os.kill(pid, signal.SIGKILL)
        os.close(self.pipe)
        self.socket.close()


def _base_of_our_own(technique):
    """Make a folder for cgroups that no other worker here will clear."""
    if technique != "cgroup":
        return None
    base = containment.make("cgroup").base / f"stage-{os.getpid()}"
    base.mkdir(exist_ok=True)
    return base


def _is_removed(path):
    """Remove a cgroup; those that were just killed take a moment."""
    with contextlib.suppress(OSError):
        path.rmdir()
    return not path.exists()


class Stage:
    """One run of stage.py."""

    def __init__(self, technique, *, user, specimen, build="b-1", env=None):
        self.witnesses = Witnesses()
        self.mark = containment.new_mark(())
        base = self.base = _base_of_our_own(technique)
        told = {
            "technique": technique,
            "user": user,
            "specimen": specimen,
            "build": build,
            "mark": self.mark,
            "base": str(base or ""),
            "pipe": self.witnesses.held[0],
            "socket": self.witnesses.held[1],
        }
        self.process = subprocess.Popen(
            [sys.executable, "-B", HERE / "stage.py", json.dumps(told)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=self.witnesses.held,
            env={**os.environ, **(env or {})},
            text=True,
        )
        self.witnesses.let_go()
        first = self.hear()
        self.keeper = first["keeper"]
        self.journal = containment.Journal(**first["journal"])

    def tell(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def hear(self):
        line = self.process.stdout.readline()
        assert line, "the stage fell silent"
        return json.loads(line)

    def ask(self, word):
        self.tell(word)
        return self.hear()

    def await_told(self, number):
        wait_until(lambda: self.witnesses.heard(number), f"{number} processes")

    def await_state(self, number, state):
        """Wait until so many are seen in a state of proc_pid_stat(5)."""
        wait_until(
            lambda: (
                [proc.state(pid) for pid in self.witnesses.living()].count(
                    state
                )
                == number
            ),
            f"{number} in state {state}",
        )

    def deadline(self):
        return time.monotonic() + PATIENCE

    def close(self):
        self.process.kill()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.keeper, signal.SIGKILL)
        wait_until(lambda: not proc.alive(self.keeper), "the keeper's end")
        # after a failure some may live who could not tell of themselves
        for pid in proc.pids():
            if mark.carried(pid) == self.mark:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self.witnesses.close()


def _combinations():
    """Each technique that this machine has, as root and as nobody."""
    users = [True] if os.geteuid() else [False, True]
    for user in users:
        for name in ("cgroup", "pid_namespace", "descendants"):
            who = "nobody" if user else "root"
            yield pytest.param((name, user), id=f"{name}-{who}")


def _refusal(name, user):
    """Ask in a process of its own why a technique does not work."""
    code = (
        "import sys, stage_user\n"
        "from turbo_hipster.builds import containment\n"
        "from turbo_hipster.builds.containment import trial\n"
        "stage_user.become(sys.argv[2] == 'True')\n"
        "try:\n"
        "    print(trial.why_not(containment.make(sys.argv[1])))\n"
        "except OSError as error:\n"
        "    print(error)\n"
    )
    return subprocess.run(
        [sys.executable, "-B", "-c", code, name, str(user)],
        cwd=HERE,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.strip()


_reasons = {}


@pytest.fixture(params=_combinations())
def way(request):
    """A technique's name and whether it is used without root."""
    if request.param not in _reasons:
        _reasons[request.param] = _refusal(*request.param)
    if reason := _reasons[request.param]:
        pytest.skip(f"not on this machine: {reason}")
    return request.param


@pytest.fixture
def stage():
    """Open stages; see that nothing of them stays."""
    opened = []

    def open_stage(*arguments, **named):
        opened.append(Stage(*arguments, **named))
        return opened[-1]

    yield open_stage
    bases = {one.base for one in opened if one.base}
    stayed = [path for base in bases for path in base.glob("turbo-*")]
    for path in stayed:
        (path / "cgroup.kill").write_text("1")
    for one in opened:
        one.close()
    for path in [*stayed, *bases]:
        wait_until(lambda path=path: _is_removed(path), "an empty cgroup")
    assert not stayed, "a cgroup was left behind"


@pytest.fixture
def until():
    return wait_until
