"""Short folders outside the build's own."""

import os
from pathlib import Path

import pytest

from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases.servers.nooks import PLACE, Nook
from turbo_hipster_databases.servers.room import LONGEST, Room


@pytest.fixture
def records(tmp_path):
    return tmp_path / "nooks"


def test_a_nook_is_short_and_closed_and_leaves_nothing(records):
    nook = Nook(records, "")

    assert nook.folder.parent == PLACE
    assert nook.folder.stat().st_mode & 0o777 == 0o700
    (nook.folder / "file").touch()
    nook.remove()
    nook.remove()
    assert not nook.folder.exists()
    assert not list(records.iterdir())


def test_the_nook_of_a_build_that_lives_is_left_alone(records):
    first = Nook(records, "")
    second = Nook(records, "")
    try:
        assert first.folder.is_dir()
        assert second.folder.is_dir()
    finally:
        first.remove()
        second.remove()


def test_the_nook_of_a_build_that_is_gone_is_removed(records):
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(write, os.fsencode(Nook(records, "").folder))
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    left = Path(os.fsdecode(os.read(read, 4096)))
    os.close(read)
    os.close(write)
    assert left.is_dir()

    Nook(records, "").remove()

    assert not left.exists()
    assert not list(records.iterdir())


def test_nothing_but_a_nook_is_swept(records, tmp_path):
    records.mkdir()
    stranger = PLACE / f"th-test-{os.getpid()}"
    stranger.mkdir()
    (records / stranger.name).touch()
    try:
        Nook(records, "").remove()
        assert stranger.is_dir()
    finally:
        stranger.rmdir()


def test_the_sockets_of_a_deep_room_have_a_short_way(tmp_path, monkeypatch):
    deep = tmp_path / ("x" * 100) / ("y" * 100)
    deep.mkdir(parents=True)
    seen = {}

    class Deep(Task):
        def run(self, context):
            monkeypatch.setenv("TMPDIR", str(deep))
            room = Room(context, "", Path("/usr/bin"), mounts=False)
            seen["length"] = len(os.fsencode(room.sockets))
            (room.sockets / "s").touch()
            seen["same"] = (room.folder / "run" / "s").exists()
            room.remove()
            seen["left"] = room.sockets.exists() or room.folder.exists()
            return model.Result.success()

    run_task(Deep)

    assert seen["length"] <= LONGEST
    assert seen["same"]
    assert not seen["left"]
