"""Disks, snapshots and builds for the tests of snapshots."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from theatre.disks import build_on_fixture, mounted, small_disk_fixture
from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases.model import Body
from turbo_hipster_databases.servers.launching import launched
from turbo_hipster_databases.snapshots import Manifest, Store, names
from turbo_hipster_databases.snapshots.overlay import options
from turbo_hipster_databases.snapshots.removing import loosen

__all__ = ["build_on_fixture", "small_disk_fixture"]


@contextlib.contextmanager
def disk(folder, program, *argv):
    """Make a file system in a file and mount it."""
    if not shutil.which(program):
        assert not os.environ.get("CI"), f"{program} is not installed"
        pytest.skip(f"{program} is not installed")
    image, place = folder / "image", folder / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(512 * 2**20)
    subprocess.run([program, "-q", *argv, image], check=True)
    with mounted(place, "-o", "loop", image):
        yield place


@pytest.fixture(scope="module")
def xfs(tmp_path_factory):
    """A disk whose files can share blocks."""
    folder = tmp_path_factory.mktemp("xfs")
    with disk(folder, "mkfs.xfs", "-m", "reflink=1") as place:
        yield place


@pytest.fixture(scope="module")
def btrfs(tmp_path_factory):
    """A disk with subvolumes."""
    with disk(tmp_path_factory.mktemp("btrfs"), "mkfs.btrfs") as place:
        yield place


@pytest.fixture(scope="module")
def overlays(tmp_path_factory):
    """Skip where no overlay can be mounted; a CI that is root can."""
    lower, upper, scratch, path = (
        tmp_path_factory.mktemp(name) for name in ("l", "u", "s", "p")
    )
    root = os.geteuid() == 0
    how = names.OVERLAY if root else names.USER_OVERLAY
    body = Body(path, how, (lower,), upper, scratch)
    argv = launched(["true"], overlays=[(path, options(body))])
    done = subprocess.run(argv, capture_output=True, text=True)
    loosen(scratch)
    if done.returncode:
        assert not (root and os.environ.get("CI")), done.stderr
        pytest.skip(f"no overlay can be mounted here: {done.stderr}")


@pytest.fixture
def on_overlay(tmp_path):
    """A folder on an overlay, as a container's is."""
    for name in ("lower", "upper", "work", "seen"):
        (tmp_path / name).mkdir()
    how = ",".join(
        f"{option}={tmp_path / folder}"
        for option, folder in (
            ("lowerdir", "lower"), ("upperdir", "upper"), ("workdir", "work"),
        )
    )  # fmt: skip
    with mounted(tmp_path / "seen", "-t", "overlay", "-o", how, "none") as it:
        yield it


@pytest.fixture
def places(tmp_path):
    """Return a function that makes a store and a room on a disk."""
    made = []

    def make(parent=tmp_path):
        folder = Path(parent, f"test-{os.getpid()}-{len(made)}-{id(made)}")
        (folder / "room").mkdir(parents=True)
        store = Store(folder / "snapshots")
        made.append(store)
        return store, folder / "room"

    yield make
    for store in made:
        store.close()
        shutil.rmtree(store.folder.parent, ignore_errors=True)


@pytest.fixture
def in_build():
    """Return a function that calls another with a build's context."""

    def call(function):
        answer = []

        class Calls(Task):
            def run(self, context):
                answer.append(function(context))
                return model.Result.success()

        told = run_task(Calls)
        assert told.left == 0
        return answer[0]

    return call


def data(folder):
    """Fill a data directory; what a server leaves looks much the same."""
    (folder / "base").mkdir()
    (folder / "empty").mkdir()
    (folder / "base" / "1").write_bytes(b"one" * 10_000)
    (folder / "base" / "1").chmod(0o640)
    (folder / "replaced").mkdir()
    (folder / "replaced" / "old").write_bytes(b"old")
    with (folder / "holes").open("wb") as file:
        file.truncate(8 * 2**20)
        file.seek(3 * 2**20)
        file.write(b"not a hole")
    (folder / "PG_VERSION").write_text("15\n")
    (folder / "link").symlink_to("base/1")
    if os.geteuid() == 0:
        for path in folder.rglob("*"):
            os.lchown(path, 65534, 65534)


@pytest.fixture
def fill():
    return data


@pytest.fixture
def manifest():
    """Return a function that makes a manifest."""

    def make(name="1", **more):
        if os.geteuid() == 0:
            more.setdefault("owner", "nobody")
        return Manifest("postgresql", "15.1", (name,), **more)

    return make


@pytest.fixture
def content():
    """Return a function that describes all that is in a folder."""

    def describe(folder):
        told = {}
        for path in [folder, *sorted(folder.rglob("*"))]:
            status = path.lstat()
            what = ""
            if path.is_symlink():
                what = os.readlink(path)
            elif path.is_file():
                what = path.read_bytes()
            name = str(path.relative_to(folder))
            told[name] = (
                status.st_mode, status.st_uid, status.st_gid, what,
            )  # fmt: skip
        return told

    return describe
