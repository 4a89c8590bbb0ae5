"""The technique is tried for real, and a refusal says why."""

import logging
import os
import signal
import subprocess
import sys

import pytest

from turbo_hipster import exceptions
from turbo_hipster.builds import containment
from turbo_hipster.builds.containment import cgroup, proc, trial

pytestmark = pytest.mark.functional

LOG = logging.getLogger("containment_test")


def test_auto_finds_one_that_works_and_logs_its_strength(caplog):
    # when
    with caplog.at_level(logging.INFO):
        found = containment.choose("auto", log=LOG)

    # then
    assert trial.why_not(found) == ""
    assert found.strength in caplog.messages[-1]


def test_descendants_work_everywhere():
    assert containment.choose("descendants", log=LOG).name == "descendants"


class NoPlace(cgroup.Cgroup):
    """A machine whose cgroups are not ours."""

    def __init__(self):
        raise OSError("we may not make cgroups here")


class Deaf(containment.make("descendants").__class__):
    """A technique that kills nothing."""

    def kill(self, deadline):
        return []


def test_a_named_technique_that_does_not_work_says_why(monkeypatch):
    # given
    from turbo_hipster.builds.containment import choice

    monkeypatch.setitem(choice.STRONGEST_FIRST, "cgroup", NoPlace)

    # then
    with pytest.raises(exceptions.ConfigurationError) as caught:
        containment.choose("cgroup", log=LOG)
    assert "containment = cgroup" in str(caught.value)
    assert "we may not make cgroups here" in str(caught.value)
    assert containment.choose("auto", log=LOG).name != "cgroup"


def test_a_technique_that_does_not_kill_is_found_out():
    assert trial.why_not(Deaf()) == "not everything was killed"
    assert proc.children(os.getpid()) == []


def test_a_failed_trial_leaves_no_process():
    # given a pipe that every process of the trials holds
    reader, writer = os.pipe()
    try:
        # when what does not kill is tried, often since it was a race
        for _ in range(50):
            assert trial.why_not(Deaf()) == "not everything was killed"
    finally:
        os.close(writer)

    # then all are gone when the trials are over
    with open(reader, "rb", buffering=0) as rest:
        os.set_blocking(reader, False)
        assert rest.read(1) == b""


class Stuck(containment.make("descendants").__class__):
    """A technique whose kill never ends."""

    def kill(self, deadline):
        while True:
            signal.pause()


def test_a_trial_that_hangs_is_ended_with_all_its_processes(monkeypatch):
    # given
    monkeypatch.setattr(trial, "PATIENCE", 0.5)
    reader, writer = os.pipe()

    # when
    said = trial.why_not(Stuck())
    os.close(writer)

    # then
    assert said == "the trial did not end within 0.5 s"
    with open(reader, "rb", buffering=0) as rest:
        os.set_blocking(reader, False)
        assert rest.read(1) == b""


class NoProc(containment.make("pid_namespace").__class__):
    """A container whose /proc may not be mounted."""

    def settle(self):
        raise PermissionError(1, "mount: Operation not permitted")


def test_a_keeper_that_cannot_set_itself_up_says_why():
    if reason := trial.why_not(containment.make("pid_namespace")):
        pytest.skip(f"not on this machine: {reason}")
    assert "mount: Operation not permitted" in trial.why_not(NoProc())


def test_a_trial_leaves_no_descriptor_and_no_child():
    # given
    before = sorted(os.listdir("/proc/self/fd"))

    # when
    containment.choose("auto", log=LOG)

    # then
    assert sorted(os.listdir("/proc/self/fd")) == before
    assert proc.children(os.getpid()) == []


def test_the_room_is_quick_to_import():
    # a fork server pays for each module in every fork
    code = (
        "import sys; import turbo_hipster.builds.containment;"
        "print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split()
    heavy = {"oslo_config", "asyncio", "subprocess", "multiprocessing"}
    assert heavy.isdisjoint(loaded)
    assert "ctypes.util" not in loaded
