"""A foreign client that keeps what it hears."""

import gc
import warnings

import gear
import pytest


class Recorder(gear.Client):
    """A foreign client that keeps what it hears, in order."""

    def __init__(self):
        super().__init__("recorder")
        self.heard = {}

    def note(self, packet):
        name = gear.constants.types[packet.ptype]
        handle, _, data = bytes(packet.data).partition(b"\0")
        self.heard.setdefault(handle, []).append((name, data))

    def handleWorkData(self, packet):  # noqa: N802
        self.note(packet)
        super().handleWorkData(packet)

    def handleWorkStatus(self, packet):  # noqa: N802
        self.note(packet)
        super().handleWorkStatus(packet)

    def handleWorkComplete(self, packet):  # noqa: N802
        self.note(packet)
        super().handleWorkComplete(packet)

    def handleWorkFail(self, packet):  # noqa: N802
        self.note(packet)
        super().handleWorkFail(packet)


def end(thing):
    """Shut down something of gear's.

    It forgets to close a connection that came about in the same moment.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        thing.shutdown()
        gc.collect()


@pytest.fixture
def end_gear():
    return end


@pytest.fixture
def client_of():
    """Call it with an address to get gear's client there."""
    made = []

    def make(address):
        client = Recorder()
        made.append(client)
        client.addServer(*address)
        client.waitForServer()
        return client

    yield make
    for client in made:
        end(client)


@pytest.fixture
def submit():
    def do(client, function="build:unit", arguments=b"{}", unique=None):
        job = gear.Job(function.encode(), arguments, unique)
        client.submitJob(job)
        return job

    return do
