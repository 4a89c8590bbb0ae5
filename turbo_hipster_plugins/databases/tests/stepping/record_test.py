"""The record of a step: what it executed, and where it dies."""

import os
import signal
import time

import pytest

from turbo_hipster_databases.stepping.inside.record import Record


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """Return a function that begins a step, and its last words."""
    words = []

    def kill(pid, number):
        assert (pid, number) == (os.getpid(), signal.SIGKILL)
        raise Killed

    monkeypatch.setattr(os, "kill", kill)

    def begin(die_after=None, direction="up"):
        record = Record(str(tmp_path / "stack.txt"), words.append)
        record.prepare({"die_after": die_after, "direction": direction})
        record.before("before it begins")
        record.after()
        record.begin()
        return record, words

    return begin


def test_only_what_the_step_executes_is_recorded(begun):
    record, _words = begun()
    for statement in ("one", "two"):
        record.before(statement)
        record.after()
    told = record.end()
    record.before("after its end")
    assert told["statements"] == ["one", "two"]
    assert told["seconds"] > 0


def test_it_dies_right_after_the_statement_that_is_named(begun):
    record, words = begun(die_after=2)
    record.before("one")
    record.after()
    record.before("two")
    with pytest.raises(Killed):
        record.after()
    assert [one["statements"] for one in words] == [["one", "two"]]


@pytest.mark.parametrize("then", ["before", "end"])
def test_what_commits_by_itself_is_committed_before_it_dies(begun, then):
    record, words = begun(die_after=1)
    record.before("one")
    record.after(durable=False)
    with pytest.raises(Killed):
        record.before("two") if then == "before" else record.end()
    assert [one["statements"] for one in words] == [["one"]]


def test_the_first_statement_that_failed_is_told(begun):
    record, _words = begun()
    record.before("one")
    record.fails("one")
    record.fails("what tidies up")
    assert record.failed == "one"
    record.prepare({"direction": "down"})
    assert record.failed == ""
    assert record.down


def test_a_step_that_takes_long_leaves_word_of_where_it_is(tmp_path):
    stack = tmp_path / "stack.txt"
    record = Record(str(stack), None)
    record.prepare({"direction": "up", "timeout": 0.01})
    record.begin()
    deadline = time.monotonic() + 60
    while not stack.read_text() and time.monotonic() < deadline:
        pass
    record.end()
    assert "record_test.py" in stack.read_text()
