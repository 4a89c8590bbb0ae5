"""Commands that wait for the test, and can be seen to be gone."""

import contextlib
import errno
import os

import pytest

from theatre.waiting import LIMIT, until


class Script:
    """A command that starts, waits, and ends; each in the test's hand.

    Every process of it holds the fifo ``witness`` open: the end of file
    there proves that all are gone, whatever they did.
    """

    def __init__(self, folder):
        folder.mkdir()
        self.started = folder / "started"
        self.gate = folder / "gate"
        self.witness = folder / "witness"
        os.mkfifo(self.gate)
        os.mkfifo(self.witness)
        self.open_gate = os.open(self.gate, os.O_RDWR)
        self.reader = os.open(self.witness, os.O_RDONLY | os.O_NONBLOCK)

    def waiting(self, then="", before="", **more):
        """Return parameters of a build that waits for ``go``."""
        return {
            "DO": f"exec 9>{self.witness}; {before}\n"
            f"echo x >> {self.started}\n"
            f"read line < {self.gate}\n{then}",
            **more,
        }

    def begun(self, times=1):
        until(lambda: self.runs >= times, LIMIT, "the command did not start")

    @property
    def runs(self):
        with contextlib.suppress(FileNotFoundError):
            return len(self.started.read_text().split())
        return 0

    def go(self, times=1):
        os.write(self.open_gate, b"\n" * times)

    def gone(self):
        """Whether no process of the command is left."""
        try:
            return os.read(self.reader, 1) == b""
        except BlockingIOError as error:
            assert error.errno == errno.EAGAIN
            return False

    def close(self):
        os.close(self.open_gate)
        os.close(self.reader)


@pytest.fixture
def new_script(tmp_path):
    made = []

    def make():
        made.append(Script(tmp_path / f"script-{len(made)}"))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def script(new_script):
    return new_script()
