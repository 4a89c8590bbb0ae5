"""Publishers and renderers that break their promises."""

import os
import pathlib
import signal
import sys
import time

from turbo_hipster import exceptions, publisher, report


class Exits(publisher.Publisher):
    def publish(self, folder, destination, parameters):
        sys.exit(3)


class Raises(publisher.Publisher):
    def publish(self, folder, destination, parameters):
        raise ValueError(f"no luck with {parameters.get('PASSWORD')}")


class NotMine(publisher.Publisher):
    def publish(self, folder, destination, parameters):
        raise exceptions.NotMine("somebody else's")


class Dies(publisher.Publisher):
    def publish(self, folder, destination, parameters):
        os.kill(os.getpid(), signal.SIGKILL)


class Hangs(publisher.Publisher):
    """Has a child in a session of its own that hangs too."""

    def publish(self, folder, destination, parameters):
        if os.fork() == 0:
            os.setsid()
        while True:
            time.sleep(0.1)


class WaitsForWord(publisher.Publisher):
    """Publishes when the test says so."""

    def publish(self, folder, destination, parameters):
        base = pathlib.Path(parameters["BASE"])
        (base / "publishing").touch()
        while not (base / "go").exists():
            time.sleep(0.01)
        raise exceptions.NotMine("the next one")


class Broken(report.Renderer):
    filename = "broken.txt"

    def render(self, report, folder):
        yield "half"
        raise SystemExit(4)
