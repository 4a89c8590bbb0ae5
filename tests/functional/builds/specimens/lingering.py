"""A publisher that waits, seen by the witnesses of the test."""

import pathlib
import time

import hostile

from turbo_hipster import exceptions, publisher


class Lingers(publisher.Publisher):
    """Publishes nothing; the next one does, when the test says so."""

    def publish(self, folder, destination, parameters):
        base = pathlib.Path(parameters["BASE"])
        hostile.witness(base)
        (base / "publishing").touch()
        while not (base / "go").exists():
            time.sleep(0.01)
        raise exceptions.NotMine("the next one")
