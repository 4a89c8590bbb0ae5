"""A client that draws Zuul's conclusions."""

import json
import uuid

import gear
import pytest

from theatre.waiting import LIMIT, until

TERMINAL = ("WORK_COMPLETE", "WORK_FAIL", "WORK_EXCEPTION")
FIRST_KEYS = {
    "name", "number", "manager", "url", "worker_name", "worker_hostname",
    "worker_fqdn", "worker_ips", "worker_program", "worker_version",
    "worker_extra",
}  # fmt: skip  # fmt: skip


class Told:
    """One job of a client, and what it was told, in order."""

    def __init__(self, client, job):
        self.client = client
        self.job = job
        self.cancelled = False

    @property
    def packets(self):
        return [
            (name, data)
            for handle, name, data in list(self.client.raw)
            if handle == self.job.handle
        ]

    def payloads(self, *names):
        return [data for name, data in self.packets if name in names]

    @property
    def facts(self):
        """All WORK_DATA, parsed."""
        return [json.loads(data) for data in self.payloads("WORK_DATA")]

    @property
    def terminal(self):
        return [name for name, _ in self.packets if name in TERMINAL]

    @property
    def result(self):
        """Zuul parses the last data it got, whatever packet it came in."""
        data = [d for d in self.payloads("WORK_DATA", "WORK_WARNING") if d]
        data += [d for d in self.payloads("WORK_COMPLETE") if d]
        return json.loads(data[-1]).get("result") if data else None

    @property
    def conclusion(self):
        """What Zuul 2.6 makes of it."""
        assert self.terminal, "it is not over"
        if self.cancelled:
            return "IGNORED"
        return "RETRY" if self.result is None else self.result.split()[0]

    def wait(self, seconds=LIMIT):
        until(
            lambda: self.terminal,
            seconds,
            lambda: f"no end; told so far: {self.packets}",
        )
        return self

    def begun(self):
        """Wait for the first data, which says how to cancel."""
        until(lambda: self.facts)
        return self.facts[0]

    def check(self):
        """Whatever happened, this much is promised of the packets."""
        assert len(self.terminal) <= 1, self.packets
        for name, data in self.packets:
            if name == "WORK_STATUS":
                done, total = map(int, data.split(b"\0"))
                assert 0 <= done <= total
            elif data:
                assert isinstance(json.loads(data), dict)
        if self.facts:
            assert "result" not in self.facts[0]
            assert self.facts[0].keys() >= FIRST_KEYS
        for facts in self.facts:
            result = facts.get("result", "x")
            assert len(result) <= 200 and result.isprintable()
            assert "|" not in result
        if self.terminal:
            assert self.packets[-1][0] == self.terminal[0]


class Zuul(gear.Client):
    """A client that keeps what it hears and understands it as Zuul does."""

    def __init__(self):
        super().__init__("zuul")
        self.raw = []
        self.told = []

    def launch(self, function="build:unit", parameters=None, unique=None):
        if not isinstance(parameters, bytes):
            parameters = json.dumps(parameters or {}).encode()
        if unique is None:
            unique = uuid.uuid4().hex
        job = gear.Job(function.encode(), parameters, unique)
        self.submitJob(job, timeout=LIMIT)
        self.told.append(Told(self, job))
        return self.told[-1]

    def call(self, function, arguments):
        """Call a function of the worker; True if it was done."""
        if not isinstance(arguments, bytes):
            arguments = json.dumps(arguments).encode()
        job = gear.Job(function.encode(), arguments, uuid.uuid4().hex)
        self.submitJob(job, timeout=LIMIT)
        until(lambda: job.complete, LIMIT, f"{function} was not answered")
        return not job.failure

    def cancel(self, told):
        facts = told.begun()
        done = self.call(
            f"stop:{facts['manager']}",
            {"name": facts["name"], "number": facts["number"]},
        )
        told.cancelled = done
        return done

    def describe(self, facts, text="<b>text</b>"):
        return self.call(
            f"set_description:{facts['manager']}",
            {
                "name": facts["name"],
                "number": facts["number"],
                "html_description": text,
            },
        )

    def note(self, packet):
        name = gear.constants.types[packet.ptype]
        handle, _, data = bytes(packet.data).partition(b"\0")
        self.raw.append((handle, name, data))

    def handleWorkData(self, packet):  # noqa: N802
        self.note(packet)
        return super().handleWorkData(packet)

    def handleWorkWarning(self, packet):  # noqa: N802
        self.note(packet)
        return super().handleWorkWarning(packet)

    def handleWorkStatus(self, packet):  # noqa: N802
        self.note(packet)
        return super().handleWorkStatus(packet)

    def handleWorkComplete(self, packet):  # noqa: N802
        self.note(packet)
        return super().handleWorkComplete(packet)

    def handleWorkFail(self, packet):  # noqa: N802
        self.note(packet)
        return super().handleWorkFail(packet)

    def handleWorkException(self, packet):  # noqa: N802
        self.note(packet)
        return super().handleWorkException(packet)


@pytest.fixture
def zuul_of():
    """Call it with addresses to get a client there."""
    made = []

    def make(*addresses):
        client = Zuul()
        made.append(client)
        for address in addresses:
            client.addServer(*address)
        client.waitForServer(LIMIT)
        return client

    yield make
    for client in made:
        client.shutdown()
    for client in made:
        for told in client.told:
            told.check()
