"""A check is a process with a limit; what it told is not lost."""

import pytest

from turbo_hipster.doctor.visit import Surroundings, visit
from turbo_hipster.doctor.words import Check, State, Told, worst

LOOPS = """
def loops(patient):
    patient.ok("it began")
    while True:
        pass
def prints(patient):
    print("noise" * 100_000)
    patient.warn("two\\nlines", "one\\x09line")
def silent(patient):
    pass
def raises(patient):
    patient.ok("before")
    raise ValueError("no\\nluck")
"""


@pytest.fixture
def check(tmp_path, monkeypatch):
    (tmp_path / "odd_checks.py").write_text(LOOPS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")

    def make(name, seconds=60.0):
        target = f"odd_checks:{name}"
        return visit(Check("odd", target, "", seconds), Surroundings())

    return make


def test_a_check_that_does_not_end_is_ended_and_what_it_told_is_kept(check):
    *before, last = check("loops", seconds=20.0)
    assert before == [Told("odd", State.OK, "it began")]
    assert last.state is State.FAIL
    assert "went on for more than 20 seconds" in last.sentence


def test_what_a_check_raises_is_told(check):
    before, last = check("raises")
    assert before.sentence == "before"
    assert "ValueError: no luck" in last.sentence


def test_what_a_check_prints_is_not_taken_for_what_it_tells(check):
    assert check("prints") == [
        Told("odd", State.WARN, "two lines", "one line")
    ]


def test_a_check_that_tells_nothing_is_well(check):
    assert worst(check("silent")) is State.OK


def test_a_check_that_is_not_there_is_a_fault(check):
    (told,) = check("missing")
    assert told.state is State.FAIL
    assert "AttributeError" in told.sentence


def test_the_worst_is_the_status():
    assert worst([]) is State.OK
    told = [Told("a", State.WARN, "b"), Told("a", State.OK, "b")]
    assert int(worst(told)) == 1
