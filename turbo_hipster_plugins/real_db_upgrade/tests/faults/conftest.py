"""Builds at a desk, in processes of their own, that a test does harm to."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from theatre.disks import build_on_fixture, small_disk_fixture  # noqa: F401
from theatre.waiting import until

CONFIGURATION = """
[DEFAULT]
enabled_jobs = real-data
state_dir = {state}
[job:real-data]
plugin = real_db_upgrade
datasets_dir = {datasets}
tool_options = config:alembic.ini
requirements = requirements.txt
ladder = {base}
budget_seconds = 60
"""

WAITS = """
import os
with open({folder!r} + "/here", "a") as here:
    here.write("x")
while os.path.exists({folder!r} + "/hold"):
    time.sleep(0.01)
op.execute("CREATE INDEX IF NOT EXISTS i ON orders (state)")
"""
"""A step that says each time that it is run, and waits while it is held."""


@pytest.fixture
def own_state(tmp_path, state_dir):
    """A state_dir whose layers are its own, and its environments shared."""
    shared = state_dir.with_name("databases") / "environments"
    shared.mkdir(parents=True, exist_ok=True)
    mine = tmp_path / "own" / "plugins" / "databases"
    mine.mkdir(parents=True)
    (mine / "environments").symlink_to(shared)
    return mine.with_name("real_db_upgrade")


class Desk:
    """``turbo-hipster run`` on the shop's last commit."""

    def __init__(self, shop, state, folder):
        self.shop, self.state, self.folder = shop, state, folder
        self.mark = f"TEST_MARK={folder}"
        self.count = 0

    def begin(self):
        """Begin a build."""
        self.count += 1
        configuration = self.folder / "th.conf"
        configuration.write_text(
            CONFIGURATION.format(
                state=self.state,
                datasets=self.shop.datasets,
                base=self.shop.base,
            )
        )
        self.output = self.folder / f"output{self.count}"
        results = self.folder / f"results{self.count}"
        name, _, value = self.mark.partition("=")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "turbo_hipster"),
                    *("--config-file", str(configuration)),
                    *("run", "real-data"),
                    *("--project", str(self.shop.project.path)),
                    *("--base", self.shop.base, "--results", str(results)),
                ],
                stdout=output,
                stderr=output,
                env={**os.environ, name: value},
                start_new_session=True,
            )
        return self

    def said(self):
        """Return what it wrote by now."""
        return self.output.read_text(errors="replace")

    def await_step(self, name):
        """Wait until it is in a step."""

        def there():
            assert self.process.poll() is None, self.said()
            return name in self.said()

        until(there, what=lambda: f"no {name}: {self.said()}")

    def end(self):
        """Wait for its end; return the exit status."""
        return self.process.wait(120)

    def cancel(self):
        """Cancel it as a person at the keyboard does."""
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def crash(self):
        """Kill all its processes at once, as a power cut would."""
        found = set()
        while more := set(self.processes(found)) - found:
            found |= more
            for pid in more:
                self._tell(pid, signal.SIGSTOP)
        for pid in found:
            self._tell(pid, signal.SIGKILL)
        self.process.wait(60)
        until(lambda: not found & set(self.processes()))
        return self

    @staticmethod
    def _tell(pid, number):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    def processes(self, parents=()):
        """Return those that have our mark, and children of ``parents``."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                told = (path / "environ").read_bytes().split(b"\0")
                state = (path / "stat").read_text().rpartition(")")[2].split()
                ours = self.mark.encode() in told or int(state[1]) in parents
                if ours and state[0] != "Z":
                    found.append(int(path.name))
        return found

    def left(self):
        """Return what a build left that is neither kept nor a report."""
        databases = self.state / "plugins" / "databases"
        mounts = Path("/proc/self/mounts").read_text().splitlines()
        folders = [
            databases / "snapshots",
            databases / "layers",
            databases / "rehearsals",
            databases / "histories",
        ]
        return [
            *self.processes(),
            *(row for row in mounts if str(self.state) in row),
            *(
                path
                for folder in folders
                for path in sorted(folder.glob("*"))
                # a draft of a note, or a snapshot that is not complete
                if path.name.startswith((".making-", ".gone-", ".broken-"))
                or path.suffix not in ("", ".json")
            ),
            *self.state.glob("servers/*"),
        ]


@pytest.fixture
def desk(shop, own_state, tmp_path):
    made = Desk(shop, own_state.parent.parent, tmp_path)
    yield made
    if made.count:
        made.crash()


@pytest.fixture
def held(shop, tmp_path):
    """A change whose step waits; returns how often it was begun."""
    folder = tmp_path / "held"
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "here").touch()
    (folder / "here").chmod(0o666)
    (folder / "hold").touch()
    shop.step(
        "new", "two", WAITS.format(folder=str(folder)),
        'op.execute("DROP INDEX i")',
    )  # fmt: skip

    class Held:
        @staticmethod
        def begun():
            return len((folder / "here").read_text())

        @staticmethod
        def go_on():
            (folder / "hold").unlink()

    return Held
