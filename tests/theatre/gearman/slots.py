"""Our own source of jobs, and a slot that waits at it."""

import os
import threading

import pytest

from theatre.waiting import LIMIT
from turbo_hipster.conf.settings import GearmanSettings
from turbo_hipster.gearman import source


class Pipe:
    def __init__(self):
        self.reader, self.writer = os.pipe()

    def set(self):
        os.write(self.writer, b"x")

    def clear(self):
        os.read(self.reader, 1000)


@pytest.fixture
def new_pipe():
    made = []

    def make():
        made.append(Pipe())
        return made[-1]

    yield make
    for pipe in made:
        os.close(pipe.reader)
        os.close(pipe.writer)


@pytest.fixture
def wake(new_pipe):
    return new_pipe()


@pytest.fixture
def settings_for():
    def make(*addresses, **more):
        return GearmanSettings(servers=tuple(addresses), **more)

    return make


@pytest.fixture
def source_for(settings_for):
    """Call it with addresses, functions and a gate to get a source."""
    made = []

    def make(*addresses, functions=("build:unit",), **more):
        tls = more.pop("tls", {})
        one = source.Source(
            settings_for(*addresses, **tls), "worker 1", functions, **more
        )
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()


class Taken:
    """A ``take`` that goes on in a thread until it has something."""

    def __init__(self, one, wake):
        self.job = self.error = None
        self.thread = threading.Thread(
            target=self.run, args=(one, wake.reader), name="slot"
        )
        self.thread.start()

    def run(self, one, fd):
        try:
            self.job = one.take(fd)
        except Exception as error:
            self.error = error

    @property
    def over(self):
        return not self.thread.is_alive()

    def result(self, seconds=LIMIT):
        self.thread.join(seconds)
        assert not self.thread.is_alive(), "take did not return"
        if self.error is not None:
            raise self.error
        return self.job


@pytest.fixture
def taking(new_pipe):
    started = []

    def start(one, wake=None):
        pipe = wake or new_pipe()
        taken = Taken(one, pipe)
        started.append((taken, pipe))
        return taken

    yield start
    for taken, pipe in started:
        pipe.set()
        taken.thread.join(LIMIT)
