"""Our worker on a private gearmand, as an operator would start it."""

from __future__ import annotations

import compileall
import contextlib
import dataclasses
import itertools
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import turbo_hipster
import turbo_hipster_shell_script
from benchmarks import client, measure, servers

CONFIGURATION = """\
[DEFAULT]
enabled_jobs = pass, silent
state_dir = {folder}/state
slots = 2
[gearman]
servers = 127.0.0.1:{port}
[publish]
publishers = local
[publish:local]
path = {folder}/published
url = http://logs.example.org/
[job:pass]
command = true
checkout = none
[job:silent]
command = sleep 20
checkout = none
kill_grace = 1
"""

COMMAND = [sys.executable, "-m", "turbo_hipster", "worker"]

numbers = itertools.count(1)


@dataclasses.dataclass(frozen=True)
class Worker:
    """A worker that runs: the server's port, its pid, its folder."""

    port: int
    pid: int
    folder: Path

    def argument(self) -> dict[str, str]:
        """Return the parameters of one more build."""
        return {"LOG_PATH": f"bench/{next(numbers)}"}

    def report(self, argument: dict[str, str]) -> Path:
        """Return where the ``report.json`` of a build appears."""
        log_path = argument["LOG_PATH"]
        return self.folder / "published" / log_path / "report.json"

    def build(self, connection: client.Client) -> None:
        """Run ``true``; done when the report can be read."""
        argument = self.argument()
        if connection.run("build:pass", argument) != client.WORK_COMPLETE:
            raise RuntimeError("a build failed")
        await_report(self.report(argument))

    def build_many(self, count: int) -> float:
        """Queue ``count`` builds; return how many are done per second."""
        arguments = [self.argument() for _ in range(count)]
        began = time.perf_counter()
        with client.Client(self.port) as connection:
            for argument in arguments:
                connection.submit("build:pass", argument)
            for _ in range(count):
                kind, _, data = connection.until(*client.TERMINAL)
                if kind != client.WORK_COMPLETE:
                    raise RuntimeError(f"a build failed: {data!r}")
        for argument in arguments:
            await_report(self.report(argument))
        return count / (time.perf_counter() - began)


def await_report(path: Path) -> None:
    """Wait for a report; it should be there already."""
    deadline = time.monotonic() + 10
    while not path.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} never came")


def compile_all() -> None:
    """Write the byte code, as pip does when it installs a wheel.

    Where PYTHONDONTWRITEBYTECODE is set, an editable install has none, and
    every build would compile its task anew.
    """
    for package in (turbo_hipster, turbo_hipster_shell_script):
        compileall.compile_dir(Path(package.__file__).parent, quiet=2)


@contextlib.contextmanager
def worker(folder: Path) -> Iterator[Worker]:
    """Run gearmand and a worker with two slots below ``folder``."""
    compile_all()
    with servers.gearmand(folder) as port:
        file = folder / "worker.conf"
        file.write_text(CONFIGURATION.format(folder=folder, port=port))
        argv = [*COMMAND, "--config-file", str(file)]
        with servers.running(argv, folder / "worker.log") as pid:
            measure.wait_until(
                lambda: client.functions(port).get("build:pass"),
                "the worker is ready",
            )
            yield Worker(port, pid, folder)
