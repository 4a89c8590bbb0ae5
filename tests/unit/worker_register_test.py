"""The builds that run and ran, and who may end and describe them."""

import json
import threading

import pytest

from turbo_hipster.exceptions import RefusedInput
from turbo_hipster.worker import register

SURPRISES = [
    b"",
    b"no JSON",
    b"\xff\xfe",
    b"[]",
    b"null",
    b'"unit"',
    b"[" * 100_000,
    b"{" * 100_000,
    b'{"name": "unit"}',
    b'{"number": "1"}',
    b'{"name": "unit", "number": null}',
    b'{"name": "unit", "number": ["1"]}',
    b'{"name": ["unit"], "number": "1"}',
    b'{"name": "build:unit", "number": "1"}',
    b'{"name": "other", "number": "1"}',
    b'{"name": "unit", "number": "2"}',
    b'{"name": "unit", "number": ' + b"9" * 10_000 + b"}",
    b'{"name": "' + b"x" * 2**22 + b'", "number": "1"}',
]
"""None of these names the build ``1`` of the job ``unit``."""


class Execution:
    def __init__(self):
        self.reasons = []

    def cancel(self, reason):
        self.reasons.append(reason)


@pytest.fixture
def builds():
    return register.Register()


@pytest.fixture
def running(builds):
    entry = builds.begin("unit", "1")
    execution = Execution()
    builds.run(entry, execution)
    return entry, execution


def named(job="unit", number="1", **more):
    return json.dumps({"name": job, "number": number, **more}).encode()


def test_stop_ends_the_build_it_names(builds, running):
    assert builds.stop(named()) == b"{}"
    assert running[1].reasons == ["the client asked for it"]


def test_a_number_may_come_as_a_number(builds, running):
    assert builds.stop(b'{"name": "unit", "number": 1}') == b"{}"


@pytest.mark.parametrize("arguments", SURPRISES)
def test_stop_ends_nothing_else(builds, running, arguments):
    assert builds.stop(arguments) is None
    assert running[1].reasons == []


@pytest.mark.parametrize("arguments", SURPRISES)
def test_a_description_needs_a_build(builds, running, arguments):
    assert builds.describe(arguments) is None
    assert running[0].description == ""


def test_a_second_stop_is_answered_and_not_passed_on(builds, running):
    assert builds.stop(named()) == b"{}"
    assert builds.stop(named()) == b"{}"
    assert len(running[1].reasons) == 1


def test_a_stop_that_comes_before_the_keeper_is_not_forgotten(builds):
    entry, execution = builds.begin("unit", "1"), Execution()

    builds.stop(named())
    builds.run(entry, execution)

    assert execution.reasons == ["the client asked for it"]


def test_an_ended_build_is_not_stopped_but_described(builds, running):
    builds.end(running[0])

    assert builds.stop(named()) is None
    assert builds.describe(named(html_description="<b>x</b>")) == b"{}"
    assert running[0].description == "<b>x</b>"


def test_ended_builds_are_forgotten_at_last(builds, running):
    builds.end(running[0])
    for number in range(register.REMEMBERED):
        builds.end(builds.begin("unit", f"later-{number}"))

    assert builds.describe(named()) is None


def test_a_build_that_came_again_is_remembered_by_its_last_end(builds):
    builds.end(builds.begin("unit", "1"))
    for number in range(register.REMEMBERED - 1):
        builds.end(builds.begin("unit", f"later-{number}"))
    builds.end(builds.begin("unit", "1"))
    builds.end(builds.begin("unit", "one more"))

    assert builds.describe(named()) == b"{}"


@pytest.mark.parametrize("text", ["x" * 2**22, 7, None, ["<b>"], "\0é😀"])
def test_a_description_may_be_anything_and_is_kept_short(
    builds, running, text
):
    assert builds.describe(named(html_description=text)) == b"{}"
    assert len(running[0].description) <= register.LONGEST_DESCRIPTION


def test_two_live_builds_of_one_number_are_refused(
    builds, running, monkeypatch
):
    monkeypatch.setattr(register, "PATIENCE", 0.01)

    with pytest.raises(RefusedInput, match="unique id 1 is running"):
        builds.begin("unit", "1")


def test_the_same_job_may_come_again_when_the_first_is_cut_off(
    builds, running
):
    waiting = threading.Thread(
        target=lambda: builds.begin("unit", "1"), name="requeued"
    )
    waiting.start()
    builds.cut_off(running[0])
    waiting.join(10)

    assert not waiting.is_alive()
    assert len(builds.live()) == 2


def test_stop_means_the_one_that_somebody_waits_for(builds, running):
    builds.cut_off(running[0])
    again, execution = builds.begin("unit", "1"), Execution()
    builds.run(again, execution)

    builds.stop(named())

    assert execution.reasons and not running[1].reasons


def test_the_end_of_a_cut_off_build_leaves_the_next_one_alone(builds, running):
    builds.cut_off(running[0])
    again = builds.begin("unit", "1")

    builds.end(running[0])

    assert builds.live() == [again]
    assert builds.stop(named()) == b"{}"


def test_the_end_of_the_worker_reaches_builds_that_are_cut_off(
    builds, running
):
    builds.cut_off(running[0])
    builds.begin("unit", "1")

    builds.cancel_all("the worker ends")

    assert running[1].reasons == ["the worker ends"]


def test_the_end_of_the_worker_reaches_builds_that_begin_just_then(builds):
    builds.cancel_all("the worker ends")

    entry, execution = builds.begin("unit", "1"), Execution()
    builds.run(entry, execution)

    assert execution.reasons == ["the worker ends"]


def test_a_job_that_comes_again_takes_the_place_of_the_first(builds):
    """gearmand queues a job again under its old handle."""
    first = builds.begin("unit", "1", ("server", "H:1"))

    again = builds.begin("unit", "1", ("server", "H:1"))

    assert again.before is first and first.cut_off
    assert builds.live() == [first, again]
    builds.end(first)
    builds.end(again)
    assert again.before is None  # nothing is kept alive by what is over


def test_another_job_of_the_same_number_is_no_second_coming(
    builds, monkeypatch
):
    monkeypatch.setattr(register, "PATIENCE", 0.01)
    builds.begin("unit", "1", ("server", "H:1"))

    with pytest.raises(RefusedInput):
        builds.begin("unit", "1", ("server", "H:2"))
