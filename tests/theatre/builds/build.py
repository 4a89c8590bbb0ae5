"""A build that a stage does."""

import contextlib
import json
import pathlib
import urllib.parse

from theatre.waiting import wait_until


class Build:
    """A build that the stage does."""

    def __init__(self, stage, name, first):
        self.stage = stage
        self.name = name
        self.begun = first
        self.keeper = first.get("keeper", 0)
        self.folder = pathlib.Path(first.get("folder", "/nowhere"))
        self.over = None

    def cancel(self, reason="the test says so"):
        self.stage.tell(do="cancel", name=self.name, reason=reason)

    def wait(self):
        """Wait for the end; returns the answer."""
        if self.over is None:
            self.over = self.stage.await_event("over", self.name)
        return self.over.get("answer")

    @property
    def news(self):
        return [
            one
            for one in self.stage.heard
            if one["event"] == "news" and one["name"] == self.name
        ]

    @property
    def lost(self):
        return any(
            one["event"] == "lost" and one["name"] == self.name
            for one in self.stage.heard
        )

    @property
    def published(self):
        """The folder that the results are in."""
        url = self.wait()["url"]
        assert url.startswith("file://"), self.over
        path = urllib.parse.unquote(url.removeprefix("file://"))
        return pathlib.Path(path).parent

    @property
    def report(self):
        return json.loads((self.published / "report.json").read_text())

    def log(self, name="task_output.log"):
        return (self.published / name).read_text(errors="replace")

    def live_log(self, name="task_output.log"):
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "report" / name).read_text(errors="replace")
        return ""

    def await_live(self, text, name="task_output.log"):
        wait_until(lambda: text in self.live_log(name), f"{text!r} in {name}")

    @property
    def judgement(self):
        answer = self.wait()
        assert answer is not None, self.over
        return answer["verdict"], *answer["sentences"]
