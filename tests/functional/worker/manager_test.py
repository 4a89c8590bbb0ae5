"""A service manager hears how a real worker is, and when it hangs."""

import contextlib
import os
import signal

import pytest

from theatre.manager import Manager
from theatre.waiting import LIMIT, until

HANG = """
import os
import sys

if "worker" in sys.orig_argv:
    from turbo_hipster.worker.conversation import Conversation

    hold = Conversation.hold

    def held(self):
        if b"HANG" in self._job.arguments:
            open(os.environ["HANG"] + "-begun", "w").close()
            with open(os.environ["HANG"], "rb", buffering=0) as stream:
                stream.read(1)
        hold(self)

    Conversation.hold = held
"""
"""Of the test alone: a loop that takes jobs waits for what does not come."""


@pytest.fixture
def heard(site, tmp_path):
    """The manager of the site's workers; it outlives none of them."""
    made = Manager(tmp_path)
    site.environment.update(made.environment(watchdog=2))
    yield made
    site.stop()
    made.close()


def test_ready_is_said_when_a_server_has_us_and_not_before(
    site, heard, gearmand, proxy_to, queues
):
    proxy = proxy_to(gearmand.address)
    proxy.refuse = True
    site.write(proxy.address, awaited=[gearmand.address])
    worker = site.run()
    heard.shows("0 of 2 slots busy", "waiting for a Gearman server")
    worker.send(signal.SIGHUP)
    worker.logged("the new configuration is in force")
    # a reload is no reason to call itself ready
    worker.send(signal.SIGHUP)
    worker.logged("the new configuration is in force", 2)
    assert not heard.count("READY")
    proxy.refuse = False
    assert heard.hears("READY") == "1"
    assert any(
        row[2] and name.startswith("stop:th01-")
        for name, row in queues(gearmand.address).items()
    )
    heard.shows("at 1 of 1 Gearman servers")
    assert worker.ready().end(signal.SIGTERM) == 0
    assert heard.count("READY") == 1
    assert not heard.count("RELOADING")


def test_the_line_follows_builds_and_a_drain_is_said_once(
    site, heard, gearmand, zuul_of, script
):
    worker = site.start(gearmand.address)
    zuul = zuul_of(gearmand.address)
    heard.hears("READY")
    told = zuul.launch(parameters=script.waiting())
    script.begun()
    busy = heard.shows("1 of 2 slots busy (unit)")
    script.go()
    assert told.wait().conclusion == "SUCCESS"
    busy = heard.shows("0 of 2 slots busy", after=busy)
    told = zuul.launch(parameters=script.waiting())
    script.begun(2)
    worker.send(signal.SIGTERM)
    heard.hears("STOPPING")
    heard.shows("stopping", "1 of 2 slots busy (unit)", after=busy)
    # drain_timeout, publish_timeout, kill_grace and our own way home
    extended = int(heard.hears("EXTEND_TIMEOUT_USEC"))
    assert extended == (3600 + 600 + 1 + 60) * 1_000_000
    script.go()
    assert told.wait().conclusion == "SUCCESS"
    assert worker.ended() == 0
    assert heard.count("STOPPING") == 1


@pytest.mark.parametrize("broken", [False, True])
def test_a_reload_begins_and_ends_whatever_is_read(
    site, heard, gearmand, broken
):
    worker = site.start(gearmand.address)
    heard.hears("READY")
    if broken:
        site.conf.write_text("[DEFAULT\n")
    worker.send(signal.SIGHUP)
    heard.hears("READY", 2)
    states = [one for one in heard.told if {"READY", "RELOADING"} & set(one)]
    assert [sorted(one) for one in states] == [
        ["READY"],
        ["MONOTONIC_USEC", "RELOADING"],
        ["READY"],
    ]
    wanted = "stays in force" if broken else "is in force"
    assert wanted in worker.log
    assert worker.end() == 0


def test_builds_cannot_speak_to_the_manager(site, heard, gearmand, zuul_of):
    site.start(gearmand.address)
    zuul = zuul_of(gearmand.address)
    told = zuul.launch(
        parameters={
            "DO": 'test -z "$NOTIFY_SOCKET$WATCHDOG_USEC$WATCHDOG_PID"'
        }
    )
    assert told.wait().conclusion == "SUCCESS"


@pytest.fixture
def hang(site, tmp_path):
    """A place where a slot hangs whose job says HANG; write to free it."""
    place = tmp_path / "hang"
    os.mkfifo(place)
    site.environment["HANG"] = str(place)
    site.plugin("sitecustomize", HANG, "")
    with contextlib.closing(os.fdopen(os.open(place, os.O_RDWR))) as gate:
        yield gate.fileno(), place.with_name("hang-begun")


def turned(zuul, enough, what):
    """Let all loops that can turn, again and again until it is enough."""

    def build():
        told = zuul.launch(parameters={"DO": "true"}).wait()
        assert told.conclusion == "SUCCESS"
        manager = told.facts[0]["manager"]
        # no such build: it is heard all the same
        zuul.call(f"stop:{manager}", {"name": "unit", "number": "none"})
        return enough()

    until(build, 2 * LIMIT, what)


def test_a_loop_that_hangs_starves_the_watchdog_and_a_sound_one_feeds_it(
    site, heard, gearmand, zuul_of, hang
):
    site.start(gearmand.address)
    zuul = zuul_of(gearmand.address)
    heard.hears("READY")

    def fed(times):
        """Turn until the watchdog is fed so many times more."""
        aim = heard.count("WATCHDOG") + times
        turned(zuul, lambda: heard.count("WATCHDOG") >= aim, "it is not fed")

    fed(4)
    gate, begun = hang
    stuck = zuul.launch(parameters={"HANG": "yes", "DO": "true"})
    until(begun.exists, LIMIT, "it did not come to hang")
    hungry = heard.count("WATCHDOG")
    # a second lies between two sentences, and a fifth between two meals
    aim = heard.count("STATUS") + 5
    turned(zuul, lambda: heard.count("STATUS") >= aim, "it says no more")
    # once it may have been fed: the slot had turned since the last time
    assert heard.count("WATCHDOG") <= hungry + 1

    os.write(gate, b"x")
    assert stuck.wait().conclusion == "SUCCESS"
    fed(2)
