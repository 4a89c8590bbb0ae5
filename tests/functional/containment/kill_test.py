"""A hostile build is gone, by every witness, when the keeper says so."""

import importlib.util
import os
import pathlib
import signal

import pytest

from turbo_hipster.builds import containment

pytestmark = pytest.mark.functional

SPEC = importlib.util.spec_from_file_location(
    "containment_specimens", pathlib.Path(__file__).with_name("specimens.py")
)
specimens = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(specimens)


@pytest.mark.parametrize("specimen", specimens.SPECIMENS)
def test_nothing_of_a_hostile_build_survives_its_kill(way, stage, specimen):
    # given a build whose processes do what they can to get away
    technique, user = way
    one = stage(technique, user=user, specimen=specimen)
    one.await_told(specimens.SPECIMENS[specimen])
    if specimen in specimens.STOPPED:
        one.await_state(*specimens.STOPPED[specimen])

    # when the keeper kills it
    answer = one.ask("kill")

    # then the keeper says that nothing is left, and so do the witnesses
    assert answer["left"] == []
    assert one.witnesses.pipe_is_at_end()
    assert one.witnesses.living() == []
    one.tell("leave")
    assert one.hear() == {"processes": []}
    # and nothing came out at the fork server
    assert one.hear() == {"status": 0, "orphans": 0, "left": []}
    assert one.process.wait(60) == 0


def test_a_build_that_left_its_cgroup_is_killed_too(way, stage):
    # given a root's process that steps out of its cgroup
    technique, user = way
    if technique != "cgroup" or user:
        pytest.skip("about root in a cgroup")

    out = containment.make("cgroup").base / "cgroup.procs"
    one = stage(
        technique,
        user=user,
        specimen="leave_cgroup",
        env={"WAY_OUT": str(out)},
    )
    one.await_told(2)

    # when the keeper kills the build
    answer = one.ask("kill")

    # then it is gone with the rest
    assert answer["left"] == []
    assert one.witnesses.all_gone()
    one.ask("leave")


def test_terminate_reaches_the_stopped_too(way, stage, until):
    # given processes that end on TERM, one of them stopped
    technique, user = way
    one = stage(technique, user=user, specimen="polite")
    one.await_told(3)
    one.await_state(*specimens.STOPPED["polite"])

    # when they are asked to end
    one.tell("terminate")

    # then they do
    until(one.witnesses.all_gone, "the end of all")
    assert one.ask("kill")["left"] == []
    one.ask("leave")


def test_the_keeper_counts_the_processes_of_its_build(way, stage):
    # given a build of 200 processes
    technique, user = way
    one = stage(technique, user=user, specimen="two_hundred")
    one.await_told(200)

    # then the keeper counts them, and none when they are killed
    assert one.ask("count") == {"processes": 200}
    one.ask("kill")
    assert one.ask("count") == {"processes": 0}
    one.ask("leave")


def test_a_keeper_can_fork_and_kill_again_after_a_kill(way, stage):
    # given a build that was killed
    technique, user = way
    one = stage(technique, user=user, specimen="two_hundred")
    one.await_told(200)
    one.ask("kill")

    # when the keeper forks once more, as for publishing
    one.tell("again")

    # then that process is found and killed as well
    assert one.ask("count") == {"processes": 1}
    assert one.ask("kill")["left"] == []
    assert one.ask("count") == {"processes": 0}
    one.ask("leave")


@pytest.mark.parametrize(
    "specimen", ["setsid_grandchildren", "double_fork", "bomb", "stopped"]
)
def test_a_keeper_killed_with_9_leaves_nothing(way, stage, specimen):
    # given a keeper with a hostile build
    technique, user = way
    one = stage(technique, user=user, specimen=specimen)
    one.await_told(specimens.SPECIMENS[specimen])
    if specimen in specimens.STOPPED:
        one.await_state(*specimens.STOPPED[specimen])

    # when the keeper is killed
    os.kill(one.keeper, signal.SIGKILL)

    # then its orphans are found at the fork server, or died with it
    answer = one.hear()
    assert answer["status"] == signal.SIGKILL
    assert answer["left"] == []
    assert (answer["orphans"] == 0) == (technique == "pid_namespace")
    assert one.witnesses.pipe_is_at_end()
    assert one.witnesses.living() == []


def test_the_keepers_wait_status_proves_the_end_of_a_namespace(way, stage):
    # given a namespace with 200 processes
    technique, user = way
    if technique != "pid_namespace":
        pytest.skip("about namespaces")
    one = stage(technique, user=user, specimen="two_hundred")
    one.await_told(200)

    # when its keeper ends without having killed anything
    one.process.stdin.close()
    one.hear()

    # then the rest was gone before it could be reaped
    assert one.witnesses.pipe_is_at_end()
    assert one.witnesses.living() == []
    one.process.wait(60)
    assert not os.path.exists(f"/proc/{one.keeper}")


def test_a_build_without_root_has_no_capabilities(way, stage):
    # given a namespace that an ordinary user made
    if way != ("pid_namespace", True):
        pytest.skip("about an ordinary user's namespace")
    one = stage("pid_namespace", user=True, specimen="double_fork")
    one.await_told(6)

    # then its processes, seen from outside, have no power over it
    for pid in one.witnesses.living():
        with open(f"/proc/{pid}/status") as status:
            facts = dict(line.split(":", 1) for line in status)
        assert int(facts["CapEff"], 16) == int(facts["CapPrm"], 16) == 0
    assert len(one.witnesses.living()) == 6
    one.ask("kill")
    one.ask("leave")
