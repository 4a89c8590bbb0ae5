"""A snapshot is there once, whole, and as long as it is needed."""

import dataclasses
import errno
import json
import os

import pytest

from turbo_hipster_databases.exceptions import DiskFull, SnapshotFailed
from turbo_hipster_databases.snapshots import Manifest, Store, shelf


@pytest.fixture
def store(places):
    return places()[0]


@pytest.fixture
def other(store):
    """Another build's view of the same store."""
    with Store(store.folder) as other:
        yield other


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_it_is_made_once_and_found_from_then_on(store, other, manifest, fill):
    calls = []

    def filled(folder):
        calls.append(folder)
        fill(folder)

    assert store.find(manifest()) is None
    made = store.make(manifest(), filled)
    again = other.make(manifest(), filled)
    assert made == again == other.find(manifest())
    assert len(calls) == 1
    assert made.layers == (store.folder / made.key / "data",)
    assert (made.layers[0] / "PG_VERSION").read_text() == "15\n"
    assert 30_000 < made.bytes < 2**20, "holes take no space"
    assert names(store.folder) == [".locks", made.key]
    assert names(store.folder / ".locks") == []


def test_its_folder_belongs_to_the_servers_account(store, manifest, fill):
    seen = []

    def filled(folder):
        seen.append(folder.stat())
        fill(folder)

    made = store.make(manifest(), filled)
    after = made.layers[0].stat()
    owner = 65534 if os.geteuid() == 0 else os.geteuid()
    assert {seen[0].st_uid, after.st_uid} == {owner}
    assert after.st_mode & 0o777 == 0o700
    assert made.folder.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    "change",
    [
        {"engine": "mariadb"},
        {"version": "15.2"},
        {"made_from": ("a", "b")},
        {"settings": {"encoding": "utf8"}},
        {"owner": "postgres"},
    ],
)
def test_whatever_it_is_made_from_has_a_part_in_its_key(change):
    first = Manifest("postgresql", "15.1", ("ab",), {}, "nobody")
    other = dataclasses.replace(first, **change)
    assert first.key != other.key
    assert first.key == dataclasses.replace(first).key


def test_readers_do_not_see_what_is_half_made(store, other, manifest, fill):
    def filled(folder):
        fill(folder)
        assert other.find(manifest()) is None
        assert other.list() == []

    store.make(manifest(), filled)
    assert other.find(manifest())


def test_nothing_is_kept_of_one_that_fails(store, manifest, fill):
    def failing(folder):
        fill(folder)
        raise RuntimeError("the server burnt down")

    with pytest.raises(RuntimeError, match="burnt"):
        store.make(manifest(), failing)
    assert names(store.folder) == [".locks"]
    assert names(store.folder / ".locks") == []
    assert store.make(manifest(), fill)


def test_a_disk_that_is_full_is_no_fault_of_the_change(store, manifest, fill):
    def failing(folder):
        fill(folder)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(DiskFull, match="No space left on device") as told:
        store.make(manifest(), failing)
    assert str(store.folder) in str(told.value)
    assert names(store.folder) == [".locks"]


def test_an_account_that_is_missing_is_named(store, manifest, fill):
    with pytest.raises(SnapshotFailed, match="no account 'no-such-user'"):
        store.make(manifest(owner="no-such-user"), fill)
    assert names(store.folder) == [".locks"]


def empty(path):
    path.write_text("")


def another_key(path):
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "version": "1"}))


def a_list(path):
    path.write_text("[1]")


def no_data(path):
    (path.parent / "data").rename(path.parent / "elsewhere")


def no_lock(path):
    (path.parent / "used").unlink()


@pytest.mark.parametrize(
    "damage", [empty, another_key, a_list, no_data, no_lock, os.unlink]
)
def test_a_damaged_one_is_set_aside_and_made_anew(
    store, other, manifest, fill, damage
):
    made = store.make(manifest(), fill)
    damage(made.folder / "manifest.json")
    assert store.find(manifest()) is None
    assert other.find(manifest()) is None
    again = other.make(manifest(), fill)
    assert again.key == made.key
    assert (again.layers[0] / "PG_VERSION").exists()
    (aside,) = store.folder.glob(".broken-*")
    assert made.key in aside.name
    # who had the damaged one holds the new one, not the old one's lock
    assert store.find(manifest())
    other.close()
    assert not other.drop(again)
    store.close()
    assert other.drop(again)


def test_the_next_start_of_the_machine_takes_what_was_not_synced(
    store, other, manifest, fill, tmp_path, monkeypatch
):
    store.make(manifest("layer"), fill)
    kept = store.make(manifest("seed"), fill, durable=True)
    store.close()
    (tmp_path / "boot_id").write_text("another boot\n")
    monkeypatch.setattr(shelf, "BOOT", tmp_path / "boot_id")
    assert other.find(manifest("layer")) is None
    assert other.find(manifest("seed")) == kept
    calls = []
    other.make(manifest("layer"), lambda folder: calls.append(fill(folder)))
    assert calls
    assert not list(store.folder.glob(".broken-*"))


def test_one_in_use_is_not_dropped(store, other, manifest, fill):
    made = store.make(manifest(), fill)
    assert [entry.in_use for entry in other.list()] == [True]
    assert not other.drop(made)
    assert other.prune(2**60) == []
    assert store.prune(2**60) == []
    assert (made.layers[0] / "PG_VERSION").exists()
    store.let_go(made)
    assert [entry.in_use for entry in other.list()] == [False]
    assert other.prune(2**60) == [made]
    assert names(store.folder) == [".locks"]
    assert store.find(manifest()) is None


def test_it_is_held_until_everyone_who_was_handed_it_let_go(
    store, other, manifest, fill
):
    made = store.make(manifest(), fill)
    store.find(manifest())
    store.let_go(made)
    assert not other.drop(made)
    store.let_go(made)
    store.let_go(made)
    assert other.drop(made)


def age(snapshot, seconds):
    os.utime(snapshot.folder / "used", (seconds, seconds))


def test_the_least_recently_used_goes_first(store, manifest, fill):
    first, second, third = (
        store.make(manifest(name), fill) for name in ("1", "2", "3")
    )
    for snapshot, when in ((first, 1_000), (second, 2_000), (third, 3_000)):
        age(snapshot, when)
    assert store.find(manifest("1"))  # the oldest is used again
    store.close()
    listed = [entry.snapshot for entry in store.list()]
    assert listed == [first, third, second]
    assert store.prune(1) == [second]
    assert store.prune(second.bytes + 1) == [third, first]


def test_a_short_disk_drops_others_before_one_is_made(store, manifest, fill):
    old, used = (store.make(manifest(name), fill) for name in ("1", "2"))
    store.let_go(old)

    def filled(folder):
        assert not old.folder.exists()
        assert used.folder.exists()
        fill(folder)

    made = store.make(manifest("3"), filled, needs=2**60)
    left = {entry.snapshot.key for entry in store.list()}
    assert left == {used.key, made.key}


def test_room_enough_drops_nothing(store, manifest, fill):
    old = store.make(manifest("1"), fill)
    store.close()
    store.make(manifest("2"), fill, needs=1)
    assert old.folder.exists()


def test_closing_twice_is_no_matter(store, manifest, fill):
    store.make(manifest(), fill)
    store.close()
    store.close()
