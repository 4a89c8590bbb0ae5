"""On a full disk nothing is half made, and nothing is learned from it."""

import os

import pytest

from turbo_hipster_databases.exceptions import DiskFull
from turbo_hipster_databases.snapshots import (
    Technique,
    clone,
    names,
    technique,
)

pytestmark = pytest.mark.functional
ROOM = 4 * 2**20


def big(folder):
    (folder / "big").write_bytes(os.urandom(ROOM))


def fill(disk):
    """Take all the room there is; returns the file that takes it."""
    path = disk / "taken"
    with path.open("wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(bytes(2**16))
    return path


def test_a_snapshot_that_finds_no_room_is_not_half_made(
    small_disk, places, manifest
):
    disk = small_disk(6)
    store, _room = places(disk)
    taken = fill(disk)

    with pytest.raises(DiskFull, match="no snapshot can be made") as told:
        store.make(manifest(), big)

    assert str(store.folder) in str(told.value)
    assert not list(store.folder.glob(".making-*"))
    assert store.list() == []
    taken.unlink()
    assert store.make(manifest(), big).bytes >= ROOM


def test_a_clone_that_finds_no_room_is_removed(small_disk, places, manifest):
    disk = small_disk(6)
    store, room = places(disk)
    made = store.make(manifest(), big)

    with pytest.raises(DiskFull, match="cannot be cloned by copy") as told:
        clone(made, room, Technique(names.COPY))

    assert str(room) in str(told.value)
    assert list(room.iterdir()) == []


def test_a_full_disk_is_no_reason_against_a_technique(
    small_disk, places, in_build
):
    disk = small_disk(6)
    store, room = places(disk)
    store.folder.mkdir()
    taken = fill(disk)

    def find(context):
        return technique(context, store.folder, room)

    def fails(context):
        with pytest.raises(DiskFull, match="No space left on device"):
            find(context)

    in_build(fails)
    assert not (store.folder / "technique.json").exists()
    taken.unlink()
    assert "No space" not in str(in_build(find).reasons)
    left = {path.name for path in store.folder.iterdir()}
    assert left == {"technique.json", ".technique"}
    assert list(room.iterdir()) == []
