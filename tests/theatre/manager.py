"""A service manager's ear: the socket that NOTIFY_SOCKET names."""

import contextlib
import socket
import threading
import uuid

import pytest

from theatre.waiting import LIMIT, until


class Manager:
    """Hears a service, and keeps what it heard, in order.

    ``abstract``: the socket is in the abstract namespace, no file.
    """

    def __init__(self, folder, abstract=False):
        self.told = []
        name = uuid.uuid4().hex
        self.address = f"@th-{name}" if abstract else str(folder / "notify")
        bound = f"\0{self.address[1:]}" if abstract else self.address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(bound)
        self._thread = threading.Thread(target=self._hear, name="manager")
        self._thread.start()

    def environment(self, watchdog=0):
        """What a service finds; ``watchdog`` in seconds."""
        found = {"NOTIFY_SOCKET": self.address}
        if watchdog:
            found["WATCHDOG_USEC"] = str(int(watchdog * 1_000_000))
        return found

    def _hear(self):
        while True:
            said = self._socket.recv(4096)
            if not said:
                return
            self.told.append(
                dict(line.split("=", 1) for line in said.decode().split("\n"))
            )

    def count(self, name):
        """How many messages had a line of this name."""
        return sum(name in one for one in self.told)

    def values(self, name):
        return [one[name] for one in self.told if name in one]

    def hears(self, name, times=1):
        """Wait for so many messages with this name; return the last."""
        until(
            lambda: self.count(name) >= times,
            LIMIT,
            lambda: f"{name} did not come {times} times: {self.told}",
        )
        return self.values(name)[times - 1]

    def shows(self, *words, after=0):
        """Wait for a STATUS with all these words; return its index."""
        said = []

        def found():
            said[:] = self.values("STATUS")[after:]
            for index, one in enumerate(said):
                if all(word in one for word in words):
                    return [after + index]
            return []

        return until(found, LIMIT, lambda: f"no STATUS has {words}: {said}")[0]

    def close(self):
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last,
        ):
            last.sendto(b"", self._socket.getsockname())
        self._thread.join(LIMIT)
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def any_manager(request, tmp_path):
    made = Manager(tmp_path, request.param == "abstract")
    yield made
    made.close()


@pytest.fixture
def manager(tmp_path):
    made = Manager(tmp_path)
    yield made
    made.close()
