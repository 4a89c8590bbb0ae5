"""One worker process and what it says."""

import contextlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from theatre.questions import queues
from theatre.waiting import LIMIT, until


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
