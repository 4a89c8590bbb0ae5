"""A step is shown as it went."""

import threading

import pytest

from turbo_hipster import exceptions, model
from turbo_hipster.model import Verdict
from turbo_hipster.steps import Steps


@pytest.fixture
def ended():
    return []


@pytest.fixture
def steps(ended):
    return Steps(ended.append)


def verdicts(ended: list[model.Step]):
    return {step.name: step.verdict for step in ended}


def test_a_step_that_ends_is_a_success(steps, ended):
    with steps.run("one"):
        pass
    assert verdicts(ended) == {"one": Verdict.SUCCESS}
    assert ended[0].seconds >= 0


def test_a_step_may_say_that_the_change_failed_in_it(steps, ended):
    with steps.run("one") as step:
        step.fail()
    with steps.run("two"):
        pass
    assert verdicts(ended) == {
        "one": Verdict.FAILURE,
        "two": Verdict.SUCCESS,
    }


def test_a_finding_fails_the_steps_it_is_found_in(steps, ended):
    with steps.run("outer"):
        with steps.run("before"):
            pass
        with steps.run("inner"):
            steps.fail()
    assert verdicts(ended) == {
        "before": Verdict.SUCCESS,
        "inner": Verdict.FAILURE,
        "outer": Verdict.FAILURE,
    }


def test_what_a_thread_finds_does_not_fail_the_steps_of_others(steps, ended):
    # given
    with steps.run("mine"):
        # when
        other = threading.Thread(target=steps.fail)
        other.start()
        other.join()
    # then
    assert verdicts(ended) == {"mine": Verdict.SUCCESS}


@pytest.mark.parametrize(
    ("raised", "verdict"),
    [
        (ValueError, Verdict.ERROR),
        (SystemExit, Verdict.ERROR),
        (exceptions.Cancelled, Verdict.ABORTED),
    ],
)
def test_what_a_step_raises_decides_it(steps, ended, raised, verdict):
    with pytest.raises(raised), steps.run("one") as step:
        step.fail()
        raise raised
    assert verdicts(ended) == {"one": verdict}
