"""Servers that end in the midst of a step, and builds that end there."""

import contextlib
import os
import signal
import threading
from pathlib import Path

import pytest

from theatre.waiting import until
from turbo_hipster import model
from turbo_hipster.exceptions import Cancelled, CannotJudge

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

SERVERS = "seed: {mariadb: seed.sql, postgresql: seed.sql}\n"
engines = pytest.mark.parametrize("engine", ["mariadb", "postgresql"])


@pytest.fixture
def dataset(shop, own_state):
    """A dataset on one server, with layers of its own."""
    shop.state_dir = own_state

    def make(engine):
        shop.dataset(engine=engine)

    return make


def programs(state):
    """Return the servers whose data, or what these lie upon, are there."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (path / "comm").read_text().strip() in ("mariadbd", "postgres"):
                told = (path / "cmdline").read_text()
                told += (path / "mountinfo").read_text()
                if str(state) in told:
                    found.append(int(path.name))
    return found


@engines
def test_a_server_that_is_killed_in_mid_step_cannot_judge(
    shop, dataset, held, engine
):
    # given a step that is in the midst of it
    dataset(engine)
    killed = []

    def kill():
        until(held.begun)
        found = programs(shop.state_dir.parent.parent)
        killed.extend(found)
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        held.go_on()

    # when somebody kills the server
    thread = threading.Thread(target=kill, name="kills the server")
    thread.start()
    try:
        with pytest.raises(CannotJudge, match="killed in the midst") as caught:
            shop.judge(budget_seconds="0")
    finally:
        thread.join()

    # then the change is not at fault, and nothing is left
    assert killed
    assert "two->new, and not by it" in str(caught.value)
    assert programs(shop.state_dir.parent.parent) == []


def test_a_step_that_shuts_its_server_down_is_at_fault(shop, dataset):
    dataset("mariadb")
    shop.step("new", "two", 'op.execute("SHUTDOWN")')
    outcome = shop.judge(budget_seconds="0")
    assert outcome.verdict is model.Verdict.FAILURE
    assert "TH-R502" in shop.found()


@pytest.mark.parametrize("phase", ["rehearse", "measure"])
def test_a_cancelled_build_leaves_no_server(shop, dataset, phase):
    dataset("mariadb")
    shop.step("new", "two", "pass")
    with pytest.raises(Cancelled):
        shop.judge(cancel_at=f"user_001/mariadb: {phase}")
    state = shop.state_dir.parent.parent
    assert programs(state) == []
    mounts = Path("/proc/self/mounts").read_text()
    assert str(state) not in mounts
    store = shop.state_dir.with_name("databases") / "snapshots"
    assert list(store.glob(".making-*")) == []
