"""A thread looks while a window is open; looks become times."""

import threading

import pytest

from turbo_hipster_databases.observing.sampling import Look, Sampler, held

RANKS = {"weak": (1, "schema changes"), "strong": (2, "writes")}


def times(looks, began, ended, name=str):
    return {
        (lock.table, lock.mode): lock.seconds
        for lock in held(looks, began, ended, RANKS, name)
    }


def test_a_look_stands_for_the_time_half_way_to_its_neighbours():
    looks = [
        Look(2.0, 0.0, []),
        Look(4.0, 0.0, [("t", "weak")]),
        Look(5.0, 0.0, [("t", "weak")]),
        Look(9.0, 0.0, []),
    ]

    assert times(looks, 0.0, 10.0) == {("t", "weak"): 1.5 + 2.5}


def test_only_the_strongest_lock_of_a_table_counts_at_a_time():
    looks = [
        Look(1.0, 0.0, [("t", "weak"), ("u", "weak")]),
        Look(2.0, 0.0, [("t", "strong"), ("t", "weak")]),
    ]

    found = held(looks, 0.0, 3.0, RANKS, str)

    assert [(lock.table, lock.mode) for lock in found] == [
        ("t", "strong"), ("t", "weak"), ("u", "weak"),
    ]  # fmt: skip
    assert {lock.seconds for lock in found} == {1.0}
    assert [lock.blocks for lock in found][:2] == ["writes", "schema changes"]


def test_a_lock_seen_at_every_look_is_not_held_longer_than_the_step():
    looks = [Look(0.1 * n, 0.0, [("t", "weak")]) for n in range(1, 10)]

    assert 0.8 < times(looks, 0.0, 1.0)["t", "weak"] <= 1.0


def test_modes_and_tables_that_nobody_knows_are_passed_over():
    looks = [Look(1.0, 0.0, [("t", "odd"), ("new", "weak")])]

    assert times(looks, 0.0, 2.0, {"t": "t"}.get) == {}


class Counted:
    """A look that counts its calls, and may fail or wait."""

    def __init__(self):
        self.calls = 0
        self.failing = False
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self):
        self.calls += 1
        assert self.gate.wait(60)
        if self.failing:
            raise ConnectionError("gone")
        return [("t", "weak")]


@pytest.fixture
def look():
    return Counted()


@pytest.fixture
def sampler(look):
    sampler = Sampler("test", look, (ConnectionError,), interval=0.001)
    yield sampler
    look.gate.set()
    sampler.close()


def test_it_looks_while_a_window_is_open_and_not_after(sampler, look, until):
    sampler.begins()
    until(lambda: look.calls >= 3, "three looks")
    looks = sampler.ends()
    calls = look.calls

    assert len(looks) == calls
    assert looks[0].seen == [("t", "weak")]
    sampler.begins()
    assert len(sampler.ends()) == look.calls - calls


def test_when_a_window_is_closed_no_look_is_under_way(sampler, look, until):
    look.gate.clear()
    sampler.begins()
    until(lambda: look.calls == 1, "a look that waits")
    closing = threading.Thread(target=sampler.ends)
    closing.start()

    closing.join(0.05)
    assert closing.is_alive()
    look.gate.set()
    closing.join(60)
    assert not closing.is_alive()


def test_a_look_that_fails_is_the_windows_last(sampler, look, until):
    look.failing = True
    sampler.begins()
    until(lambda: sampler._due is None, "the end of looking")
    assert sampler.ends() == []
    assert look.calls == 1

    look.failing = False
    sampler.begins()
    until(lambda: look.calls > 1, "a look in the next window")


def test_a_long_look_is_followed_by_a_longer_pause(look):
    sampler = Sampler("test", look, (ConnectionError,), interval=0.001)
    try:
        with sampler._turn:
            sampler._looks = []
            due = sampler._once()
        (only,) = sampler._looks
        end = only.at + only.took / 2
        assert due - end >= 4 * only.took * 0.99
        assert due - end >= 0.001 * 0.99
    finally:
        sampler.close()


def test_it_may_be_closed_with_a_window_open_and_twice(look, until):
    sampler = Sampler("test", look, (ConnectionError,), interval=0.001)
    sampler.begins()
    until(lambda: look.calls, "a look")

    sampler.close()
    sampler.close()

    assert "locks-of-test" not in {it.name for it in threading.enumerate()}


def test_a_lock_that_is_known_and_was_not_seen_has_no_time():
    looks = [Look(1.0, 0.0, [("t", "weak")])]
    also = [("t", "strong"), ("t", "weak"), ("new", "strong")]

    found = held(looks, 0.0, 2.0, RANKS, {"t": "t"}.get, also)

    assert [(lock.mode, lock.seconds) for lock in found] == [
        ("strong", 0.0), ("weak", 1.0),
    ]  # fmt: skip
