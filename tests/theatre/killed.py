"""A build of the house in processes of its own, held at a moment, and killed.

Code that is run in the build calls what ``MEET`` defines: it connects to a
socket of the test's and waits for a byte, so that the test knows the moment
is there, and by the kernel who has come.
"""

import contextlib
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from theatre.waiting import LIMIT, until

MEET = """
def meet(place):
    import os, socket
    folder, name = os.path.split(place)
    way = os.open(folder, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as wire:
        wire.connect("/proc/self/fd/%d/%s" % (way, name))
        os.close(way)
        wire.recv(1)
"""
"""Source of ``meet(place)``, for any Python."""

COMING = 150
"""Seconds until somebody comes: an environment may be made before."""

VICTIMS = ("the command", "the keeper", "the build")


def parent_of(pid):
    """Return the parent of a process; 0: it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    return int(text.rpartition(")")[2].split()[1])


def below(pid):
    """Return a process with all its descendants, as they are now."""
    above = {
        int(folder.name): parent_of(folder.name)
        for folder in Path("/proc").glob("[0-9]*")
    }
    found = [pid]
    for one in found:
        found += [child for child, parent in above.items() if parent == one]
    return found


class Tree:
    """All processes of a build, held so that none is taken for another."""

    def __init__(self, pid):
        self._handles = {}
        for one in below(pid):
            with contextlib.suppress(ProcessLookupError):
                self._handles[one] = os.pidfd_open(one)

    def living(self):
        """Return those that have not ended."""
        poll = select.poll()
        left = []
        for pid, handle in self._handles.items():
            poll.register(handle, select.POLLIN)
            if not poll.poll(0):
                left.append(pid)
            poll.unregister(handle)
        return left

    def close(self):
        """End what is left, and let go of all."""
        for handle in self._handles.values():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
            os.close(handle)
        self._handles.clear()


class HeldBuild:
    """One ``turbo-hipster run``, and the place where it is met."""

    def __init__(self, folder):
        self.folder = folder
        self.said = folder / "said"
        self.place = str(folder / "s")
        self._met = []
        self._door = socket.socket(socket.AF_UNIX)
        self._door.settimeout(LIMIT)
        self._door.bind(self.place)
        self._door.listen()
        self.process = None
        self.tree = None

    def start(self, config, *arguments, **variables):
        """Run the job that the text of a configuration has."""
        (self.folder / "held.conf").write_text(config)
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "turbo_hipster"),
                    *("--config-file", self.folder / "held.conf", "run"),
                    *("held", "--results", self.folder / "results"),
                    *arguments,
                ],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=self.folder,
                env=os.environ | variables,
                start_new_session=True,
            )

    def met(self):
        """Wait for the next who comes; return the process."""
        wire = None

        def comes():
            nonlocal wire
            assert self.process.poll() is None, self.said.read_text()
            with contextlib.suppress(TimeoutError):
                wire = self._door.accept()[0]
            return wire

        self._door.settimeout(0.2)
        until(comes, COMING, what=lambda: self.said.read_text())
        told = wire.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
        )
        self._met.append(wire)
        return struct.unpack("3i", told)[0]

    def go_on(self):
        """Let the last who came go on."""
        self._met[-1].send(b"!")

    def kill(self, who, met):
        """Kill one of VICTIMS with -9, when ``met`` waits at the door."""
        self.tree = Tree(self.process.pid)
        way = [met]
        while way[-1] != self.process.pid:
            way.append(parent_of(way[-1]))
        *inner, keeper, _fork_server, command = way
        build = met if inner == [met] and _is_ours(met) else _build(keeper)
        victims = (command, keeper, build)
        os.kill(victims[VICTIMS.index(who)], signal.SIGKILL)

    def is_gone(self):
        """Wait until no process of it lives."""
        until(
            lambda: not self.tree.living(),
            what=lambda: f"these live on: {self.tree.living()}",
        )

    def close(self):
        """End it, and all of it."""
        for wire in self._met:
            wire.close()
        self._door.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        if self.tree is not None:
            self.tree.close()


def _build(keeper):
    """Return the one of a keeper's children that works: it has threads."""
    children = [pid for pid in below(keeper) if parent_of(pid) == keeper]
    return max(filter(_is_ours, children), key=_threads)


def _is_ours(pid):
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended
        return False
    return b"turbo_hipster.builds.forkserver" in command


def _threads(pid):
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


@pytest.fixture(name="held_build")
def held_build_fixture(tmp_path):
    """A build that a test holds and kills."""
    build = HeldBuild(tmp_path)
    yield build
    build.close()
