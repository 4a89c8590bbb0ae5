"""Alive, ready, and the words for why not."""

import json

import pytest

from turbo_hipster.watching.pages import Pages
from turbo_hipster.watching.pulse import Pulse

LIMIT = 60


class Worker:
    """A worker as the pages see it, whose clock is ours."""

    def __init__(self):
        self.now = 1000.0
        self.pulse = Pulse(lambda: self.now)
        self.draining = False
        self.registered = True
        for loop in ("slot-1", "slot-2", "control-1", "main"):
            self.pulse.beat(loop)

    def status(self):
        server = {"server": "a:1", "registered": self.registered}
        return {"draining": self.draining, "servers": [server]}

    def ages(self):
        return self.pulse.ages()

    def samples(self, ages, ready):
        return []


@pytest.fixture
def worker():
    return Worker()


@pytest.fixture
def pages(worker):
    return Pages(worker, LIMIT)


def test_a_worker_whose_loops_turn_is_alive_and_ready(pages):
    assert pages("/health/live").status == 200
    assert pages("/health/ready").status == 200


@pytest.mark.parametrize("loop", ["slot-1", "slot-2", "control-1"])
def test_one_loop_that_stands_still_is_not_ready(worker, pages, loop):
    worker.now += LIMIT + 1
    for other in {"slot-1", "slot-2", "control-1", "main"} - {loop}:
        worker.pulse.beat(other)

    page = pages("/health/ready")
    assert page.status == 503
    assert page.text == f"the loop {loop} has not turned for 61 s\n"
    assert pages("/health/live").status == 200


@pytest.mark.parametrize("loop", ["slot-1", "control-1", "main"])
def test_a_loop_that_stands_still_for_long_is_dead(worker, pages, loop):
    worker.now += 5 * LIMIT + 1
    for other in {"slot-1", "slot-2", "control-1", "main"} - {loop}:
        worker.pulse.beat(other)

    assert pages("/health/live").status == 503


def test_a_main_loop_that_probes_plugins_takes_jobs_meanwhile(worker, pages):
    worker.now += LIMIT + 1
    for other in ("slot-1", "slot-2", "control-1"):
        worker.pulse.beat(other)

    assert pages("/health/ready").status == 200


def test_a_loop_that_ended_as_it_should_is_not_missed(worker, pages):
    worker.pulse.rest("slot-1")
    worker.pulse.rest("slot-1")
    worker.now += LIMIT - 1

    assert pages("/health/ready").status == 200


def test_without_any_slot_nothing_is_ready(worker, pages):
    worker.pulse.rest("slot-1")
    worker.pulse.rest("slot-2")

    assert "no slot takes jobs" in pages("/health/ready").text


def test_every_reason_is_named(worker, pages):
    worker.draining, worker.registered = True, False

    page = pages("/health/ready")
    assert page.status == 503
    assert len(page.text.splitlines()) == 2
    told = json.loads(pages("/health/status").text)
    assert told["ready"] is False
    assert told["reasons"] == page.text.splitlines()
    assert pages("/health/live").status == 200
