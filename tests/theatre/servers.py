"""Real job servers, gearman's own and Zuul's."""

import contextlib
import os
import random
import shutil
import socket
import subprocess
from pathlib import Path

import gear
import pytest

from theatre.waiting import until

HOST = "127.0.0.1"


def free_port():
    """Return a port that no outgoing connection will be given meanwhile."""
    told = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text()
    lowest = int(told.split()[0])
    while True:
        port = random.randrange(max(1024, lowest - 16384), lowest)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind((HOST, port))
            return port


def accepts(address):
    with contextlib.suppress(OSError), socket.create_connection(address, 1):
        return True
    return False


def owns(pid, port):
    """Whether a process listens at a TCP port; source: proc_net(5)."""
    inodes = {
        row.split()[9]
        for row in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if row.split()[1].endswith(f":{port:04X}") and row.split()[3] == "0A"
    }
    links = {f"socket:[{inode}]" for inode in inodes}
    with contextlib.suppress(OSError):
        for path in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if os.readlink(path) in links:
                    return True
    return False


class Gearmand:
    """Debian's server."""

    kind = "gearmand"

    def __init__(self, folder):
        self.folder = folder
        self.address = (HOST, 0)
        self.process = None

    def start(self):
        """Start it, or start it again where it was."""
        while not self._started(self.address[1] or free_port()):
            self.stop()
        return self

    def _started(self, port):
        self.process = subprocess.Popen(
            [
                shutil.which("gearmand") or "/usr/sbin/gearmand",
                f"--listen={HOST}",
                f"--port={port}",
                f"--log-file={self.folder / 'gearmand.log'}",
                f"--pid-file={self.folder / 'gearmand.pid'}",
                "--threads=2",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: self.process.poll() is not None or self._listens(port))
        if self.process.poll() is not None:
            assert self.address[1] == 0, "its port was taken meanwhile"
            return False
        self.address = (HOST, port)
        return True

    def _listens(self, port):
        """Whether the port is its own, and no stranger's."""
        return accepts((HOST, port)) and owns(self.process.pid, port)

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Geard:
    """gear's own server, as Zuul embeds it; it numbers handles from 1."""

    kind = "geard"

    def __init__(self, folder=None, **tls):
        self.address = (HOST, 0)
        self.server = None
        self.tls = tls

    def start(self):
        """Start it, or start it again where it was."""
        while self.server is None:
            port = self.address[1] or free_port()
            try:
                self.server = gear.Server(port, host=HOST, **self.tls)
            except Exception:  # gear's own word for a port that is taken
                assert self.address[1] == 0, "its port was taken meanwhile"
        self.server.socket.listen(64)
        self.address = (HOST, self.server.port)
        return self

    def stop(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.poll.close()
            self.server = None


@pytest.fixture
def server_of(tmp_path):
    """Call it with a kind (and gear's TLS files) to get a server."""
    made = []

    def start(kind="geard", **tls):
        folder = tmp_path / f"server-{len(made)}"
        folder.mkdir()
        one = {"geard": Geard, "gearmand": Gearmand}[kind](folder, **tls)
        made.append(one)
        return one.start()

    yield start
    for one in made:
        one.stop()


@pytest.fixture
def geard(server_of):
    return server_of("geard")


@pytest.fixture
def gearmand(server_of):
    return server_of("gearmand")


@pytest.fixture(params=["geard", "gearmand"])
def job_server(request, server_of):
    return server_of(request.param)
