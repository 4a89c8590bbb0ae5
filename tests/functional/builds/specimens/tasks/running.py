"""Tasks that run commands."""

import contextlib
import json
import signal
import sys
import time

import hostile

from tasks.stage import Specimen
from turbo_hipster import exceptions

PYTHON = sys.executable
HOSTILE = hostile.__file__


class LeavesDaemons(Specimen):
    def act(self, context):
        context.execute([PYTHON, HOSTILE, "hold_stdout", self.base])
        print("the command is over", flush=True)
        while True:
            time.sleep(0.1)


class RunsTwo(Specimen):
    """The first one ends while the second one runs."""

    def act(self, context):
        go = self.root / "work" / "go"
        second = context.start(
            ["/bin/sh", "-c", f"until test -e {go}; do sleep 0.01; done;"
             "echo second"], log="second.log",
        )  # fmt: skip
        first = context.execute(["echo", "first"], log="first.log")
        assert first.tail == "first\n"
        assert second.wait(0.1) is None
        go.touch()
        assert second.wait().tail == "second\n"
        return super().act(context)


class RunsTooLong(Specimen):
    def act(self, context):
        end = context.execute(
            ["/bin/sh", "-c", "echo begun; exec sleep 1000"], timeout=3
        )
        assert end.timed_out
        assert end.status == -signal.SIGTERM
        assert end.tail == "begun\n"
        stopped = context.start(["sleep", "1000"])
        assert stopped.stop(5).status == -signal.SIGTERM
        return super().act(context)


class RunsWhatIsAsked(Specimen):
    def act(self, context):
        context.execute(json.loads(context.build.parameters["ARGV"]))


class RunsHundreds(Specimen):
    def act(self, context):
        running = []
        with contextlib.suppress(exceptions.CommandFailed):
            while len(running) < 400:
                running.append(context.start(["sleep", "1000"]))
        assert 100 < len(running) < 300
        running.pop().stop()
        assert context.execute(["true"]).status == 0
        return super().act(context)
