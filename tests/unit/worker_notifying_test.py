"""What a service manager is told, and when its watchdog is fed."""

import os
import socket

import pytest

from theatre.manager import any_manager, manager
from turbo_hipster.worker.headline import headline
from turbo_hipster.worker.notifying import Notices
from turbo_hipster.worker.watchdog import Watchdog, pulse

__all__ = ["any_manager", "manager"]
USEC = {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "30000000"}


class Said:
    """Notices that are counted; ``deaf``: nobody takes them."""

    interval = 100.0

    def __init__(self):
        self.count = 0
        self.deaf = False

    def alive(self):
        self.count += not self.deaf
        return not self.deaf


class Clock:
    now = 1000.0

    def __call__(self):
        # no two readings are the same, as with a real one
        self.now += 0.001
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def said():
    return Said()


@pytest.fixture
def dog(said, clock):
    made = Watchdog(said, clock)
    made.beat("main")
    assert said.count == 1
    clock.now += 1
    return made


# -- the protocol


def test_news_reaches_a_manager_by_a_path_or_an_abstract_name(any_manager):
    notices = Notices.taken(any_manager.environment())
    notices.ready()
    assert any_manager.hears("READY") == "1"
    notices.reloading()
    assert any_manager.hears("RELOADING") == "1"
    assert int(any_manager.told[-1]["MONOTONIC_USEC"]) > 0
    notices.stopping(2.5)
    notices.stopping(9)
    assert notices.alive()
    any_manager.hears("WATCHDOG")
    assert [list(one) for one in any_manager.told] == [
        ["READY"],
        ["RELOADING", "MONOTONIC_USEC"],
        ["STOPPING", "EXTEND_TIMEOUT_USEC"],
        ["WATCHDOG"],
    ]
    assert any_manager.told[2]["EXTEND_TIMEOUT_USEC"] == "2500000"


def test_a_build_finds_nothing_of_it_in_its_environment():
    environment = {**USEC, "WATCHDOG_PID": str(os.getpid()), "HOME": "/h"}
    assert Notices.taken(environment).interval == 30
    assert environment == {"HOME": "/h"}


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"NOTIFY_SOCKET": ""},
        {"WATCHDOG_USEC": "30000000"},
        {**USEC, "WATCHDOG_PID": "1"},
        {**USEC, "WATCHDOG_USEC": "soon"},
        {**USEC, "NOTIFY_SOCKET": "vsock:2:1"},
        {**USEC, "NOTIFY_SOCKET": "relative"},
    ],
)
def test_a_watchdog_that_is_not_ours_is_not_fed(environment):
    assert type(pulse(Notices.taken(environment))) is not Watchdog


def test_without_a_manager_nothing_is_said():
    notices = Notices()
    notices.ready()
    notices.stopping(1)
    assert not notices
    assert not notices.alive()
    assert notices.show("x") is None


def test_a_manager_that_is_gone_or_deaf_does_no_harm(tmp_path):
    gone = Notices(str(tmp_path / "none"), 1)
    gone.ready()
    assert not gone.alive()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(str(tmp_path / "deaf"))
        notices = Notices(str(tmp_path / "deaf"), 1)
        while notices.alive():
            pass
        # what was not taken is news still
        assert notices.show("x") > 0
        while notices.alive() is False:
            deaf.recv(4096)


def test_a_sentence_is_said_once_and_not_in_a_hurry(manager):
    notices = Notices.taken(manager.environment())
    assert notices.show("one") is None
    assert notices.show("one") is None
    assert 0 < notices.show("two") <= 1
    assert notices.alive()
    manager.hears("WATCHDOG")
    assert manager.values("STATUS") == ["one"]


# -- the watchdog


def test_the_last_loop_to_turn_feeds_it(dog, said, clock):
    for loop in ("slot-1", "slot-2"):
        dog.beat(loop)
    clock.now += 20
    dog.beat("slot-1")
    clock.now += 20
    dog.beat("main")
    clock.now += 20
    assert said.count == 2  # slot-2 had begun since
    dog.beat("slot-1")
    clock.now += 20
    dog.beat("main")
    assert said.count == 2
    clock.now += 20
    dog.beat("slot-2")
    assert said.count == 3


def test_a_loop_that_hangs_starves_it_though_all_others_turn(dog, said, clock):
    dog.beat("slot-1")
    for _ in range(3):
        clock.now += 20
        dog.beat("main")
    assert said.count == 2
    for _ in range(50):
        clock.now += 20
        dog.beat("main")
        dog.beat("slot-2")
    assert said.count == 2


def test_a_loop_that_went_home_is_not_waited_for(dog, said, clock):
    dog.beat("slot-1")
    clock.now += 20
    dog.beat("main")
    dog.rest("slot-1")
    for number in range(3, 6):
        clock.now += 20
        dog.beat("main")
        assert said.count == number


def test_what_a_manager_did_not_take_is_offered_again(dog, said, clock):
    dog.beat("slot-1")
    clock.now += 20
    said.deaf = True
    dog.beat("main")
    assert said.count == 1
    said.deaf = False
    clock.now += 20
    dog.beat("main")
    # slot-1 has turned since the manager last took something
    assert said.count == 2


def test_loops_that_turn_fast_do_not_flood_the_manager(dog, said, clock):
    for _ in range(1000):
        dog.beat("main")
    assert said.count == 1


# -- the line


def told(*jobs, registered=True, trouble=""):
    server = {"server": "gear:4730", "trouble": trouble}
    return {
        "slots": [{"state": "busy", "job": job} for job in jobs]
        + [{"state": "idle"}],
        "servers": [{**server, "registered": registered}],
    }


def test_the_line_says_slots_jobs_and_servers():
    line = headline(told("unit", "nova", "unit"), 4, False)
    assert line == (
        "3 of 4 slots busy (nova, unit 2 times); at 1 of 1 Gearman servers"
    )
    assert headline(told(), 2, True) == (
        "stopping, no more jobs are taken; 0 of 2 slots busy"
    )


def test_the_line_says_why_there_is_no_server():
    line = headline(told(registered=False, trouble="refused\nno"), 2, False)
    assert line == (
        "0 of 2 slots busy; waiting for a Gearman server "
        "(gear:4730: refused?no)"
    )


def test_the_line_stays_one_whatever_runs():
    line = headline(told(*(f"job-{n:03}" for n in range(512))), 512, False)
    assert "504 other jobs" in line
    assert len(line) < 200
