"""Real job servers, and witnesses that know nothing of our own code."""

import contextlib
import gc
import os
import socket
import threading

import pytest

from theatre.gearman.recorder import client_of, end_gear, submit
from theatre.gearman.relay import proxy_to
from theatre.gearman.slots import (
    new_pipe,
    settings_for,
    source_for,
    taking,
    wake,
)
from theatre.servers import (
    HOST,
    Geard,
    geard,
    gearmand,
    job_server,
    server_of,
)
from theatre.waiting import until, until_fixture

__all__ = [
    "client_of", "end_gear", "geard", "gearmand", "job_server", "new_pipe",
    "proxy_to", "server_of", "settings_for", "source_for", "submit", "taking",
    "until_fixture", "wake",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if "functional/gearman" in str(item.path):
            item.add_marker(pytest.mark.functional)


def open_fds():
    found = {}
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found[int(name)] = os.readlink(f"/proc/self/fd/{name}")
    return found


@pytest.fixture(autouse=True)
def nothing_is_left():
    threads, fds = set(threading.enumerate()), open_fds()
    yield

    def clean():
        gc.collect()
        late = {t for t in threading.enumerate() if t not in threads}
        now = open_fds()
        extra = {fd: what for fd, what in now.items() if fd not in fds}
        return not late and not extra

    with contextlib.suppress(AssertionError):
        until(clean, 30)
    assert {t for t in threading.enumerate() if t not in threads} == set()
    now = open_fds()
    assert {fd: what for fd, what in now.items() if fd not in fds} == {}


@pytest.fixture
def second_geard():
    made = Geard()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def tls_geard():
    """Call it with gear's TLS arguments."""
    started = []

    def start(**files):
        made = Geard(**files)
        made.start()
        started.append(made)
        return made

    yield start
    for made in started:
        made.stop()


@pytest.fixture
def black_hole():
    """An address where nobody answers, not even with a refusal."""
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind((HOST, 0))
        listener.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()
