"""A mark is unique, inherited, and can be taken without rights."""

import resource
import subprocess
import sys

import pytest

from turbo_hipster.builds.containment import mark


def test_marks_differ_and_are_below_the_usual_limit():
    # when
    drawn = set()
    for _ in range(100):
        drawn.add(mark.new_mark(drawn))

    # then
    assert len(drawn) == 100
    assert max(drawn) < mark.USUAL
    assert min(drawn) >= mark.USUAL // 2


def test_a_mark_in_use_is_never_drawn(monkeypatch):
    # given a narrow range
    monkeypatch.setattr(resource, "getrlimit", lambda which: (8, 8))

    # then the marks come out one by one, and then none
    drawn = set()
    for _ in range(4):
        drawn.add(mark.new_mark(drawn))
    assert drawn == {4, 5, 6, 7}
    with pytest.raises(ValueError, match="no mark is free"):
        mark.new_mark(drawn)


def test_a_mark_is_seen_from_outside_and_inherited():
    # given a process with a mark that execs with a cleared environment
    limit = mark.new_mark(())
    process = subprocess.Popen(
        [sys.executable, "-c", "input()"],
        env={},
        stdin=subprocess.PIPE,
        preexec_fn=lambda: mark.carry(limit),
    )

    # then it carries it, both ways to look say so, and we do not
    assert mark.carried(process.pid) == limit
    assert mark._limit_of_another(process.pid) == limit
    assert mark.carried(0) != limit
    process.communicate(b"\n")


def test_a_process_that_is_gone_carries_nothing():
    assert mark.carried(2**22 + 1) is None
    assert mark._limit_of_another(2**22 + 1) is None
