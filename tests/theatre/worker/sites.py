"""A folder with a configuration, and the workers that run by it."""

import contextlib
import json
import os
import signal
import subprocess
import textwrap
import uuid
from pathlib import Path

import pytest

from theatre.waiting import LIMIT, until
from theatre.worker.workers import Worker, cmdline

JOB = """
checkout = none
command = eval "$DO"
kill_grace = 1
"""


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
