"""What happened to the files of a snapshot is noticed."""

import logging
import os

import pytest

from turbo_hipster_databases.snapshots import Manifest, Store
from turbo_hipster_real_db_upgrade.climbing import soundness

MANIFEST = Manifest("sqlite", "3", ("seed",))


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "snapshots") as made:
        made.folder.mkdir(exist_ok=True)
        yield made


@pytest.fixture
def snapshot(store):
    def fill(folder):
        folder.mkdir(exist_ok=True)
        (folder / "below").mkdir()
        (folder / "below" / "data").write_bytes(b"x" * 100)

    return store.make(MANIFEST, fill)


def test_what_nobody_touched_is_sound(snapshot):
    assert soundness.damaged(snapshot, soundness.look(snapshot)) == []


def test_a_file_that_was_written_to_is_noticed(snapshot):
    seen = soundness.look(snapshot)
    file = snapshot.layers[0] / "below" / "data"
    file.write_bytes(b"y" * 100)
    os.utime(file, ns=(1, 1))
    assert soundness.damaged(snapshot, seen) == [snapshot.key]


def test_a_file_that_is_gone_or_came_is_noticed(snapshot):
    seen = soundness.look(snapshot)
    (snapshot.layers[0] / "new").touch()
    assert soundness.damaged(snapshot, seen) == [snapshot.key]
    (snapshot.layers[0] / "new").unlink()
    assert soundness.damaged(snapshot, seen) == []
    (snapshot.layers[0] / "below" / "data").unlink()
    assert soundness.damaged(snapshot, seen) == [snapshot.key]


def test_a_damaged_one_is_set_aside_for_a_new_one(store, snapshot):
    log = logging.getLogger("test")
    soundness.set_aside(store.folder, [snapshot.key], log)
    assert store.find(MANIFEST) is None
    assert [path.name[:8] for path in store.folder.glob(".b*")] == [".broken-"]
