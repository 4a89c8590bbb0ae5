"""The shelf keeps environments complete, shared, and not too many."""

import fcntl
import os

import pytest

from turbo_hipster_databases.environments.shelf import Shelf


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "environments")


def put(shelf, key, used):
    """Put a complete environment there, last used at a time."""
    place = shelf.place(key)
    (place / "bin").mkdir(parents=True)
    shelf.complete(key, {"drivers": []})
    os.utime(place / "environment.json", (used, used))
    (place / "bin").chmod(0o555)


def test_half_an_environment_is_none(shelf):
    shelf.place("half").mkdir()
    (shelf.place("half") / "environment.json").write_text('{"driv')
    assert shelf.manifest("half") is None
    assert shelf.manifest("absent") is None


def test_the_least_recently_used_goes_first(shelf):
    for used, key in enumerate(("old", "older", "oldest")[::-1], start=1):
        put(shelf, key, used)
    assert shelf.prune(kept=2) == ["oldest"]
    assert shelf.manifest("old") is not None
    assert not shelf.place("oldest").exists()


def test_what_was_used_today_stays(shelf):
    put(shelf, "fresh", 1)
    shelf.used("fresh")
    assert shelf.prune(kept=0) == []


def test_what_is_in_use_stays(shelf):
    put(shelf, "used", 1)
    lock = shelf.lock("used", fcntl.LOCK_SH)
    try:
        assert shelf.prune(kept=0) == []
        assert shelf.manifest("used") is not None
    finally:
        os.close(lock)
    assert shelf.prune(kept=0) == ["used"]


def test_a_half_that_nobody_makes_is_swept(shelf):
    shelf.place("half").mkdir()
    lock = shelf.lock("half", fcntl.LOCK_EX)
    assert shelf.prune() == []
    os.close(lock)
    assert shelf.prune() == ["half"]
    assert not shelf.place("half").exists()


def test_the_cache_is_no_environment(shelf):
    shelf.cache.mkdir()
    assert shelf.prune(kept=0) == []


def test_a_lock_that_was_removed_meanwhile_is_taken_anew(shelf):
    held = shelf.lock("key", fcntl.LOCK_EX)
    (shelf.folder / "key.lock").unlink()
    again = shelf.lock("key", fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert not os.path.samestat(os.fstat(held), os.fstat(again))
    os.close(held)
    os.close(again)
