"""Broken plugins as an installed distribution, and a witness of processes."""

import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

SPECIMENS = Path(__file__).parents[2] / "broken_plugins"


@pytest.fixture(scope="session")
def install(tmp_path_factory):
    """Install a source tree into an empty folder, and return the folder."""

    def run(source, *, into=None):
        copy = tmp_path_factory.mktemp("source") / "tree"
        shutil.copytree(
            source,
            copy,
            ignore=shutil.ignore_patterns("build", "*.egg-info"),
        )
        folder = into or tmp_path_factory.mktemp("installed")
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet"]
            + ["--no-index", "--no-deps", "--no-build-isolation"]
            + ["--disable-pip-version-check", "--target", folder, copy],
            check=True,
            capture_output=True,
        )
        return folder

    return run


@pytest.fixture(scope="session")
def broken_folder(install):
    return install(SPECIMENS)


@pytest.fixture(scope="session")
def rival_folder(install):
    return install(SPECIMENS / "rival")


@pytest.fixture
def on_path(monkeypatch):
    """Put folders on the search path, of this process and of new ones."""

    def put(*folders):
        path = os.pathsep.join(map(str, folders))
        monkeypatch.setenv("PYTHONPATH", path, prepend=os.pathsep)
        for folder in reversed(folders):
            monkeypatch.syspath_prepend(str(folder))

    return put


@pytest.fixture
def broken(on_path, broken_folder):
    on_path(broken_folder)


class Witness:
    """A named pipe that every process of a hostile tree holds open."""

    def __init__(self, path):
        os.mkfifo(path)
        self.handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.data = b""

    def pids(self):
        return [int(line) for line in self.data.split()]

    def gone(self, deadline=60):
        """Say whether the pipe ends and none of its holders is in /proc."""
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            select.select([self.handle], [], [], 0.05)
            try:
                piece = os.read(self.handle, 65536)
            except BlockingIOError:
                continue
            self.data += piece
            if not piece and not any(map(alive, self.pids())):
                return True
        return False


def alive(pid):
    return Path(f"/proc/{pid}").exists()


@pytest.fixture
def witness(tmp_path, monkeypatch):
    path = tmp_path / "witness"
    witness = Witness(path)
    monkeypatch.setenv("TH_WITNESS", str(path))
    yield witness
    os.close(witness.handle)


@pytest.fixture
def leaves_nothing():
    """Fail a test that leaves a process or a file descriptor behind."""

    def look():
        children = Path(f"/proc/self/task/{os.getpid()}/children")
        return children.read_text().split(), len(os.listdir("/proc/self/fd"))

    before = look()
    yield
    assert look() == before
