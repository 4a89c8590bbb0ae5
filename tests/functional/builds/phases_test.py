"""kill -9: who x phase x technique x user, the whole of it.

Worker and fork server are killed while three builds run, one in each phase;
keeper and build process (while it is published: the process that publishes)
are killed in each phase by itself.

Witnesses: a pipe that the build's processes hold open, or the connection that
its git has made, is at its end; and of all processes that came from the
worker for the build, as /proc told before the kill, none is there.
"""

import json
import os
import signal
from pathlib import Path

import pytest

from theatre.builds.families import absent, family, status_of
from theatre.builds.phases import FINE, PHASES, Scene
from turbo_hipster.builds.containment import proc

pytestmark = pytest.mark.functional


@pytest.fixture
def ready(slow_git):
    """Return what brings builds on a stage into their phases."""
    scenes = []

    def begin(stage, *phases):
        scenes.append(Scene(stage, slow_git, phases))
        return scenes[-1]

    yield begin
    # after a failure: no process of ours outlives the test
    for scene in scenes:
        for pid, start in scene.there.items():
            if not absent({pid: start}):
                os.kill(pid, signal.SIGKILL)


def build_process(keeper):
    """Return the keeper's only child of our own code that leads a session."""
    (found,) = [
        pid
        for pid in family(keeper)
        if int(status_of(pid)[1]) == keeper
        and os.getsid(pid) == pid
        and ours(pid)
    ]
    return found


def publishing_process(keeper):
    (found,) = [pid for pid in family(keeper) if pid != keeper]
    return found


def ours(pid):
    """Whether it was forked, and runs nobody else's program."""
    line = Path(f"/proc/{pid}/cmdline").read_bytes()
    return b"turbo_hipster.builds.forkserver" in line


def test_a_killed_worker_costs_no_log_in_any_phase(way, new_stage, ready):
    # given
    technique, uid = way
    stage = new_stage(technique, uid=uid, spares=3)
    scene = ready(stage, *PHASES)
    scene.there |= family(stage.process.pid)

    # when
    stage.kill()

    # then all its processes end by themselves, and nothing is answered
    scene.await_absence()
    stage.reader.join(60)
    said = list(iter(stage.queue.get, None))
    assert not [told for told in said if told["event"] == "over"]

    # then the next worker publishes what was logged and clears away
    again = new_stage(technique, uid=uid, base=stage.base)
    assert again.sweep() == 3
    scene.assert_lost("the worker died")
    assert again.folders() == []
    assert again.sweep_again() == 0
    assert again.judge("Sound") == FINE


def test_a_killed_fork_server_costs_no_build_in_any_phase(
    way, new_stage, ready
):
    # given
    technique, uid = way
    stage = new_stage(technique, uid=uid, spares=3)
    scene = ready(stage, *PHASES)
    waiting = family(stage.server)
    scene.there |= waiting

    # when
    os.kill(stage.server, signal.SIGKILL)

    # then each build comes to its own end, and is published with it
    for phase in scene.phases:
        assert phase.end() == phase.build.judgement
        assert len(scene.answers(phase)) == 1
    scene.await_absence()
    for phase, folder in scene.published():
        report = json.loads((folder / "report.json").read_text())
        assert report["verdict"] == phase.build.wait()["verdict"]
        name, text = phase.log
        assert text in (folder / name).read_text()
    stage.wait_until(lambda: stage.folders() == [], "no workspace")

    # then another fork server does the next build; nothing is left of it
    assert stage.judge("Sound") == FINE
    server = stage.facts()["server"]
    assert server not in waiting
    stage.server, stage.server_started = server, proc.start_time(server)


@pytest.mark.parametrize("phase", PHASES)
def test_a_killed_keeper_costs_no_log(each, ready, phase):
    # given
    scene = ready(each, phase)
    (one,) = scene.phases

    # when
    os.kill(one.build.keeper, signal.SIGKILL)

    # then all it kept is gone
    scene.await_absence()
    verdict, sentence = one.build.judgement
    assert one.build.lost
    assert verdict == "ERROR"
    assert sentence.startswith("LOST: keeper gone.")
    assert len(scene.answers(one)) == 1
    scene.assert_lost("keeper gone")
    each.await_quiet()
    assert each.judge("Sound") == FINE


@pytest.mark.parametrize("phase", ["checkout", "run"])
def test_a_killed_build_process_costs_no_log(each, ready, phase):
    # given
    scene = ready(each, phase)
    (one,) = scene.phases

    # when
    os.kill(build_process(one.build.keeper), signal.SIGKILL)

    # then
    assert one.build.judgement == (
        "ERROR",
        "The build process was ended by signal 9 before it had a result",
    )
    assert len(scene.answers(one)) == 1
    ((_, folder),) = scene.published()
    assert one.build.report["verdict"] == "ERROR"
    name, text = one.log
    assert text in (folder / name).read_text()
    scene.await_absence()
    each.await_quiet()
    assert each.judge("Sound") == FINE


def test_a_killed_publishing_process_costs_no_verdict_and_no_log(each, ready):
    # given
    scene = ready(each, "publish")
    (one,) = scene.phases

    # when
    os.kill(publishing_process(one.build.keeper), signal.SIGKILL)

    # then
    assert one.build.judgement == FINE
    assert len(scene.answers(one)) == 1
    assert one.build.wait()["published"] == "not"
    assert one.build.wait()["problems"][0] == "publishing was killed"
    number = one.build.begun["build"]
    name, text = one.log
    kept = each.state / "unpublished" / number
    assert text in (kept / name).read_text()
    assert not (each.base / "published" / "unit" / number).exists()
    scene.await_absence()
    each.await_quiet()
    assert each.judge("Sound") == FINE
