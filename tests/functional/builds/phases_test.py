"""kill -9: who x phase x technique x user, the whole of it.

Worker and fork server are killed while three builds run, one in each phase;
keeper and build process (while it is published: the process that publishes)
are killed in each phase by itself.

Witnesses: a pipe that the build's processes hold open, or the connection that
its git has made, is at its end; and of all processes that came from the
worker for the build, as /proc told before the kill, none is there.
"""

import contextlib
import json
import os
import signal
from pathlib import Path

import pytest

from turbo_hipster.builds.containment import proc

pytestmark = pytest.mark.functional

FINE = ("SUCCESS", "all is well")
GRACE = {"kill_grace": 0.5}
PHASES = ("checkout", "run", "publish")


def family(ancestor):
    """Return {pid: start} of all that came from a process, and itself."""
    parents, starts = {}, {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            told = _status(int(name))
            parents[int(name)], starts[int(name)] = int(told[1]), told[19]
    found, more = {ancestor}, {ancestor}
    while more:
        more = {pid for pid in parents if parents[pid] in more}
        found |= more
    return {pid: starts[pid] for pid in found if pid in starts}


def _status(pid):
    """The fields of proc(5)'s stat, from the state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def absent(pids):
    for pid, start in pids.items():
        with contextlib.suppress(OSError):
            told = _status(pid)
            if told[19] == start and told[0] not in "ZX":
                return False
    return True


class CheckingOut:
    """Its git waits for a server that is silent."""

    def __init__(self, stage, git):
        self.log = ("git_prep.log", "")
        self.build = stage.build(
            "Sound", options={"checkout": "change", **GRACE}, **git.asked
        )
        git.await_call()
        (self.call,) = git.calls
        self.call.setblocking(False)

    def gone(self):
        with contextlib.suppress(BlockingIOError):
            while self.call.recv(65536):
                pass
            return True
        return False

    def go_on(self):
        """It would wait for ever."""

    def end(self):
        self.build.cancel("enough")
        return "ABORTED", "The build was cancelled: enough"


class Running:
    """Its script has got away twice."""

    def __init__(self, stage, git):
        self.log = ("task_output.log", "[output] lurking\n")
        self.gone = stage.witnesses.gone
        self.build = stage.build("Lurks", options=GRACE)
        # the build process, the script, and its two orphans
        stage.witnesses.await_number(4)
        self.build.await_live("lurking")

    def go_on(self):
        """It would wait for ever."""

    def end(self):
        self.build.cancel("enough")
        return "ABORTED", "The build was cancelled: enough"


class BeingPublished:
    """Its verdict is known, and the publisher waits."""

    def __init__(self, stage, git):
        self.log = ("shell_output.log", "[output] two\n")
        self.gone = stage.witnesses.gone
        self.go = stage.base / "go"
        publishing = stage.base / "publishing"
        for path in (self.go, publishing):
            path.unlink(missing_ok=True)
        self.build = stage.build(
            "Sound", publishers={"first": "lingering:Lingers"}
        )
        stage.wait_until(publishing.exists, "the publisher")

    def go_on(self):
        self.go.touch()

    def end(self):
        self.go_on()
        return FINE


KINDS = dict(zip(PHASES, (CheckingOut, Running, BeingPublished), strict=True))


class Scene:
    """A stage, builds in their phases, and who is there before the kill."""

    def __init__(self, stage, git, phases):
        self.stage = stage
        # what runs goes first: it counts its witnesses
        self.phases = [
            KINDS[name](stage, git)
            for name in sorted(phases, key="run checkout publish".find)
        ]
        self.there = {}
        for phase in self.phases:
            self.there |= family(phase.build.keeper)

    def await_absence(self):
        """Both witnesses say that nothing of the builds is left."""
        self.stage.wait_until(
            lambda: absent(self.there), f"the end of {self.there}"
        )
        for phase in self.phases:
            self.stage.wait_until(phase.gone, f"the end of {phase}")

    def published(self):
        """Each build's one folder."""
        place = self.stage.base / "published" / "unit"
        names = {phase.build.begun["build"] for phase in self.phases}
        found = {path.name for path in place.iterdir()}
        assert {one for one in found if one.split(".")[0] in names} == names
        return [
            (phase, place / phase.build.begun["build"])
            for phase in self.phases
        ]

    def answers(self, phase):
        return [
            told
            for told in self.stage.heard
            if told["event"] == "over" and told["name"] == phase.build.name
        ]

    def assert_lost(self, why):
        """What was logged is published, once, and says LOST."""
        for phase, folder in self.published():
            report = json.loads((folder / "report.json").read_text())
            assert report["verdict"] == "ERROR"
            assert report["sentences"][0].startswith(f"LOST: {why}.")
            assert "LOST: " in (folder / "index.html").read_text()
            name, text = phase.log
            assert text in (folder / name).read_text()


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
        if int(_status(pid)[1]) == keeper
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

    # then all it kept is gone, though nothing of it may go on by itself
    scene.await_absence()
    one.go_on()
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
