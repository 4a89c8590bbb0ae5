"""The rows of the table ``migrations``, whose columns are promised."""

from types import SimpleNamespace

from turbo_hipster_databases.model import (
    Direction,
    Failure,
    Lock,
    Measured,
    Migration,
    Ran,
)
from turbo_hipster_db_migration.shown import measured, row, strongest
from turbo_hipster_db_migration.walk import Took

TWO = Migration("two", ("one", "side"))


def took(direction=Direction.UP, failure=None, seen=None):
    return Took(Ran(TWO, direction, 1.5, ("a", "b"), failure), 7.0, seen)


def test_a_step_up_comes_from_all_its_parents():
    found = row("sqlite", took())

    assert found["from"] == ["one", "side"]
    assert (found["engine"], found["dataset"]) == ("sqlite", "")
    assert (found["revision"], found["direction"]) == ("two", "up")
    assert (found["seconds"], found["began"]) == (1.5, 7.0)
    assert (found["state"], found["statements"]) == ("ok", 2)


def test_a_step_down_comes_from_its_own_revision():
    assert row("sqlite", took(Direction.DOWN))["from"] == ["two"]


def test_a_step_that_failed_says_how():
    found = row("sqlite", took(failure=Failure("no", kind="hang")))

    assert found["state"] == "hang"


def test_what_was_measured_is_summed_over_tables():
    seen = Measured(
        1.5,
        rows_read={"a": 1, "b": 2},
        rows_changed={},
        log_bytes=9,
        rewritten=("a",),
        locks=(Lock("a", "X", 0.5, "writes"),),
    )

    found = row("sqlite", took(seen=seen))

    assert (found["rows_read"], found["rows_changed"]) == (3, 0)
    assert found["log_bytes"] == 9
    assert found["rewritten"] == ["a"]
    assert (found["lock"], found["lock_seconds"]) == ("X on a", 0.5)


def test_what_an_engine_cannot_tell_is_left_empty():
    found = row("sqlite", took())

    assert found["rows_read"] is found["log_bytes"] is None
    assert found["lock"] == ""


def test_the_lock_that_blocks_most_is_shown():
    locks = (
        Lock("a", "long", 9.0, "nothing"),
        Lock("b", "short", 0.1, "reads and writes"),
        Lock("c", "other", 3.0, "something else"),
    )

    lock = strongest(Measured(1.0, locks=locks))

    assert lock is not None
    assert lock.table == "b"


def test_only_judged_steps_are_rows_and_no_downgrade_is_none():
    other = Took(Ran(Migration("one"), Direction.UP, 1.0), 0.0)
    none = took(Direction.DOWN, Failure("no", kind="not_implemented"))
    stage = SimpleNamespace(migration=TWO, undone=SimpleNamespace(down=none))
    up = took()
    walk = SimpleNamespace(took=[other, up], judged={"two"}, stages=[stage])

    assert list(measured(walk)) == [up]
