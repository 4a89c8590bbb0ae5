"""Workers that several tests share, and a publisher that waits."""

import contextlib

import pytest

from theatre.servers import Geard
from theatre.waiting import LIMIT, until
from theatre.worker.relay import Proxy
from theatre.worker.sites import JOB, opened
from theatre.worker.zuul import Zuul

GATED = """
from turbo_hipster import exceptions, publisher


class Gated(publisher.Publisher):
    def publish(self, folder, destination, parameters):
        gate = parameters.get("GATE")
        if gate:
            with open(gate.replace("gate", "started"), "a") as started:
                started.write("x\\n")
            with open(gate, "rb", buffering=0) as stream:
                stream.read(1)
        raise exceptions.NotMine("this one only waits")
"""


@pytest.fixture
def gated(site):
    """Install a publisher that waits where a build names a GATE.

    Returns what ``site.start`` needs for it.
    """
    site.plugin(
        "gated", GATED, "[turbo_hipster.publisher]\ngated = gated:Gated\n"
    )
    return {
        "publishers": "gated, local",
        "publish": "[publish:gated]\npublisher = gated\n",
    }


class House:
    """One worker with two slots that several tests share."""

    jobs = {
        "unit": JOB,
        "hasty": JOB + "timeout = 0.4\n",
        "mute": JOB + "silence_timeout = 0.4\n",
        "change": 'command = eval "$DO"\nsetup_timeout = 2\n',
        "secret": JOB + "redact = TOKEN\n",
    }

    def __init__(self, folder, stack):
        self.server = Geard().start()
        stack.callback(self.server.stop)
        self.proxy = Proxy(self.server.address)
        stack.callback(self.proxy.stop)
        self.site = stack.enter_context(opened(folder))
        self.site.write(
            self.proxy.address, jobs=self.jobs, awaited=[self.server.address]
        )
        self.worker = self.site.run().ready()
        self.zuul = Zuul()
        stack.callback(self.zuul.shutdown)
        self.zuul.addServer(*self.server.address)
        self.zuul.waitForServer(LIMIT)
        # what stands here cannot become a folder
        self.site.published.mkdir()
        (self.site.published / "file").touch()

    def quiet(self):
        """Wait until every slot is free and nothing of a build is left."""
        until(lambda: not self.site.builds(), LIMIT, "a folder is left")
        until(
            lambda: all(
                slot["state"] == "idle"
                for slot in self.worker.status()["slots"]
            ),
            LIMIT,
            "a slot is not free",
        )


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield House(tmp_path_factory.mktemp("house"), stack)


@pytest.fixture
def house(shared_house):
    shared_house.zuul.told.clear()
    yield shared_house
    for told in shared_house.zuul.told:
        told.check()
    assert shared_house.worker.process.poll() is None
    shared_house.quiet()
    # both slots work
    for _ in range(2):
        again = shared_house.zuul.launch(parameters={"DO": "true"}).wait()
        assert again.conclusion == "SUCCESS"
    # what they leave is removed after the answer; the next test shall not
    # see it
    shared_house.quiet()
