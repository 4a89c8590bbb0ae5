"""Builds that wait in a phase for what the test does to them.

Each has ``log``, the name of a log and what is in it by now; ``gone``, a
witness of its processes; ``go_on``; and ``end``, which returns its judgement.
"""

import contextlib
import json

from theatre.builds.families import absent, family

GRACE = {"kill_grace": 0.5}
FINE = ("SUCCESS", "all is well")
PHASES = ("checkout", "run", "publish")


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
            phase.go_on()  # it may be published anew already, and wait
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
