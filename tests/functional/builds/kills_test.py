"""kill -9 of our processes while a build runs; see also ``phases_test``."""

import json
import os
import signal
from pathlib import Path

import pytest

from turbo_hipster.builds.containment import proc

pytestmark = pytest.mark.functional

FINE = ("SUCCESS", "all is well")
LURKING = 4  # the build process, the script, and its two orphans


class Lurking:
    """A build in its task, with a script that has got away twice."""

    def __init__(self, stage, task="Lurks"):
        self.build = stage.build(task, options={"kill_grace": 0.5})
        stage.witnesses.await_number(LURKING)
        self.build.await_live("lurking")


def children_of(keeper):
    """Return what the keeper forked for a build, and what it spawned."""
    found = proc.children(keeper)
    forked = [
        pid
        for pid in found
        if b"turbo_hipster.builds.forkserver"
        in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return forked, [pid for pid in found if pid not in forked]


def build_process_of(keeper):
    """Return the pid of the build process: it alone leads a session."""
    forked, _ = children_of(keeper)
    (found,) = [pid for pid in forked if os.getsid(pid) == pid]
    return found


def lost_report(stage, build):
    place = stage.base / "published" / "unit" / build.begun["build"]
    return json.loads((place / "report.json").read_text())


def kill_keeper(build):
    os.kill(build.keeper, signal.SIGKILL)
    verdict, sentence = build.judgement
    assert build.lost
    assert verdict == "ERROR"
    assert sentence.startswith("LOST: keeper gone.")
    assert build.report["verdict"] == "ERROR"
    return build


def test_a_killed_keepers_build_is_ended_and_published(each):
    # given
    phase = Lurking(each)

    # when
    build = kill_keeper(phase.build)

    # then its orphans are gone, its log is there, and the next one is fine
    assert each.witnesses.gone()
    assert "[output] lurking\n" in build.log()
    each.await_quiet()
    assert each.judge("Sound") == FINE


def test_the_tail_of_a_long_log_is_found_when_its_keeper_is_killed(one):
    # given a log that is beyond its limit
    build = one.build("PrintsAndLurks", options={"log_limit": "64KiB"})
    one.witnesses.await_number(1)
    done = build.folder / "work" / "done"
    one.wait_until(done.exists, "the end of the printing")
    one.wait_until(
        lambda: any(
            b"line 9999" in path.read_bytes()
            for path in (build.folder / "report").iterdir()
        ),
        "the last line on disk",
    )

    # when
    os.kill(build.keeper, signal.SIGKILL)

    # then head and tail are published as one log
    assert build.judgement[0] == "ERROR"
    assert "[output] line 0\n" in build.log()
    assert "[output] line 9999\n" in build.log()
    assert "bytes were left out here" in build.log()


def test_a_killed_build_process_is_an_error(each):
    build = Lurking(each).build
    os.kill(build_process_of(build.keeper), signal.SIGKILL)
    assert build.judgement == (
        "ERROR",
        "The build process was ended by signal 9 before it had a result",
    )
    assert each.witnesses.gone()
    assert "[output] lurking\n" in build.log()
    assert each.judge("Sound") == FINE


def test_a_killed_runner_is_an_error_and_leaves_nothing(each):
    # given a second command, which has a runner
    build = Lurking(each, "LurksBeside").build
    forked, _ = children_of(build.keeper)
    (runner,) = [
        pid
        for pid in forked
        if proc.children(pid) and pid != build_process_of(build.keeper)
    ]

    # when
    os.kill(runner, signal.SIGKILL)

    # then
    verdict, sentence = build.judgement
    assert verdict == "ERROR"
    assert "its runner was killed" in sentence
    assert each.witnesses.gone()
    assert each.judge("Sound") == FINE


@pytest.mark.parametrize("all_at_once", [False, True], ids=["worker", "all"])
def test_a_killed_worker_leaves_nothing_and_its_build_is_found(
    way, new_stage, all_at_once, wait_until
):
    # given a task that hears nothing, in a process that was forked ahead
    technique, uid = way
    stage = new_stage(technique, uid=uid)
    assert stage.judge("Sound") == FINE
    stage.await_quiet()
    build = stage.build("IsDeaf", options={"kill_grace": 0.5})
    stage.witnesses.await_number(2)
    build.await_live("lurking")
    log = build.live_log()

    # when the worker is killed, alone or with fork server and keeper
    if all_at_once:
        for pid in (stage.process.pid, stage.server, build.keeper):
            os.kill(pid, signal.SIGSTOP)
        for pid in (stage.process.pid, stage.server, build.keeper):
            os.kill(pid, signal.SIGKILL)
    stage.kill()
    if not all_at_once:
        wait_until(stage.witnesses.gone, "the keeper to end its build")

    # then the next one ends what is left, and publishes what there is
    again = new_stage(technique, uid=uid, base=stage.base)
    assert again.sweep() == 1
    assert stage.witnesses.gone()
    report = lost_report(stage, build)
    assert report["verdict"] == "ERROR"
    assert report["sentences"][0].startswith("LOST: the worker died")
    place = stage.base / "published" / "unit" / build.begun["build"]
    assert log in (place / "task_output.log").read_text()
    assert again.folders() == []
    assert again.judge("Sound") == FINE


@pytest.mark.parametrize("who", ["keeper", "build", "publishing"])
def test_who_was_killed_ahead_of_its_build_costs_nothing(one, who):
    # given a keeper and its two processes that wait for an order
    assert one.judge("Sound") == FINE
    one.await_quiet()
    (keeper,) = proc.children(one.facts()["server"])
    build, publishing = sorted(proc.children(keeper))

    # when
    pid = {"keeper": keeper, "build": build, "publishing": publishing}[who]
    os.kill(pid, signal.SIGKILL)
    one.wait_until(lambda: not proc.alive(pid), "its end")

    # then others take the order
    assert one.judge("Sound") == FINE
