"""Who asks a worker how it is, as a probe and as Prometheus do."""

import http.client
import itertools
import json
import socket
import tempfile
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families


class Connection(http.client.HTTPConnection):
    """HTTP over a unix socket: no port that somebody else might take."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.path))


class Asked:
    """The health of one worker."""

    def __init__(self, path):
        self.path = path
        self.options = f"[health]\nlisten = {path}\n"

    def get(self, path):
        connection = Connection(self.path)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def ready(self):
        return self.get("/health/ready")[0] == 200

    def status(self):
        return json.loads(self.get("/health/status")[1])

    def numbers(self):
        status, text = self.get("/metrics")
        assert status == 200
        return {
            (sample.name.removeprefix("turbo_hipster_"), *sorted(
                sample.labels.items()
            )): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }  # fmt: skip

    def count(self, name, **labels):
        return self.numbers().get((name, *sorted(labels.items())), 0)


@pytest.fixture
def new_asked():
    """Call it for one more place that a worker can be asked at."""
    # the path of a socket has 107 bytes at most
    with tempfile.TemporaryDirectory(prefix="th-") as folder:
        numbers = itertools.count()
        yield lambda: Asked(Path(folder) / f"{next(numbers)}.sock")


@pytest.fixture
def asked(new_asked):
    return new_asked()
