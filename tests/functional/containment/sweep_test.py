"""After a crash only what carries a build's mark is killed, and all of it."""

import os
import signal
import subprocess

import pytest

from turbo_hipster.builds import containment
from turbo_hipster.builds.containment import mark, proc

pytestmark = pytest.mark.functional

BUILD = "5f0c"


def sleeper(limit, build=None, cleared=False):
    """Start a process with a mark and, maybe, a build in its environment."""
    env = {} if cleared else {**os.environ, "HERE": "1"}
    if build is not None:
        env[mark.ENVIRONMENT] = build
    process = subprocess.Popen(
        ["/bin/sleep", "1000"],
        env=env,
        start_new_session=True,
        preexec_fn=lambda: mark.carry(limit) if limit else None,
    )
    while not (cleared or b"HERE=1" in proc.environment(process.pid)):
        # the exec is not over
        assert process.poll() is None
    return process


def end(*processes):
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.parametrize("specimen", ["setsid_grandchildren", "double_fork"])
def test_orphans_of_a_whole_crash_are_found_by_their_mark(
    stage, until, way, specimen
):
    # given a fork server and a keeper that are killed at once
    technique, user = way
    if technique != "descendants":
        pytest.skip("the mark is the same with each technique")
    one = stage(technique, user=user, specimen=specimen)
    one.await_told(6)
    one.process.kill()
    os.kill(one.keeper, signal.SIGKILL)
    until(lambda: not proc.alive(one.keeper), "the keeper's end")
    assert one.witnesses.living()

    # when the next worker sweeps by the journal
    left = containment.sweep(one.journal)

    # then all are gone
    assert left == []
    until(one.witnesses.all_gone, "the end of all")


def test_a_crash_leaves_a_cgroup_that_the_next_worker_clears(
    stage, until, way
):
    # given a keeper and a fork server that were killed at once
    technique, user = way
    if technique != "cgroup":
        pytest.skip("about cgroups")
    one = stage(technique, user=user, specimen="setsid_grandchildren")
    one.await_told(16)
    one.process.kill()
    os.kill(one.keeper, signal.SIGKILL)
    until(lambda: not proc.alive(one.keeper), "the keeper's end")

    # when the next worker clears
    fresh = containment.make("cgroup")
    fresh.base = one.base
    left = fresh.clear(one.deadline())

    # then the build is gone, and its cgroup
    assert left == []
    until(one.witnesses.all_gone, "the end of all")
    assert not list(fresh.base.glob("turbo-hipster-*"))


def test_a_living_keepers_cgroup_is_not_cleared(stage, way):
    # given a build that runs
    technique, user = way
    if technique != "cgroup":
        pytest.skip("about cgroups")
    one = stage(technique, user=user, specimen="setsid_grandchildren")
    one.await_told(16)

    # when another worker clears
    other = containment.make("cgroup")
    other.base = one.base
    other.clear(one.deadline())

    # then nothing happened to it
    assert len(one.witnesses.living()) == 16
    one.ask("kill")
    one.ask("leave")


def test_processes_that_are_not_the_builds_are_spared(until):
    # given processes that resemble a build's ones
    limit = containment.new_mark(())
    other = containment.new_mark({limit})
    older = sleeper(limit, cleared=True)
    until(
        lambda: (
            containment.now_journal(BUILD, limit)["started"]
            > proc.start_time(older.pid)
        ),
        "the next tick",
    )
    journal = containment.Journal(**containment.now_journal(BUILD, limit))
    innocent = [
        older,
        sleeper(None, f"{BUILD}1"),
        sleeper(other, f"x{BUILD}"),
        sleeper(other, cleared=True),
        # another worker drew the same mark
        sleeper(limit, "another-build"),
    ]
    guilty = [
        sleeper(limit, cleared=True),
        sleeper(limit, BUILD),
        # root raised its limit
        sleeper(None, BUILD),
    ]
    try:
        # when the build is swept
        assert containment.sweep(journal) == []

        # then just its own processes were killed
        for process in guilty:
            assert process.wait(60) == -signal.SIGKILL
        assert [process.poll() for process in innocent] == [None] * 5
    finally:
        end(*innocent, *guilty)


def test_nothing_is_killed_for_a_build_of_an_earlier_boot():
    # given a journal from before a reboot
    limit = containment.new_mark(())
    facts = containment.now_journal(BUILD, limit)
    journal = containment.Journal(**{**facts, "boot_id": "another"})
    process = sleeper(limit, BUILD)
    try:
        # when it is swept
        assert containment.sweep(journal) == []

        # then the mark means nothing
        assert process.poll() is None
    finally:
        end(process)


def test_processes_that_fork_on_while_we_scan_are_all_found(stage, until, way):
    # given hoppers whose keepers are gone
    technique, user = way
    if technique != "descendants":
        pytest.skip("the mark is the same with each technique")
    one = stage(technique, user=user, specimen="hoppers")
    one.await_told(50)
    one.process.kill()
    os.kill(one.keeper, signal.SIGKILL)
    until(lambda: not proc.alive(one.keeper), "the keeper's end")

    # when they are swept
    left = containment.sweep(one.journal)

    # then none hops on
    assert left == []
    until(one.witnesses.all_gone, "the end of all")
