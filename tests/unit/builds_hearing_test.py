"""The last words of a build process are heard; its last wishes are not."""

import json
import os
import socket

import pytest

from turbo_hipster.builds.hearing import Hearing


class Loop:
    """Nothing is ever readable."""

    def __init__(self):
        self.watched = set()

    def watch(self, source, action):
        self.watched.add(source)

    def unwatch(self, source):
        self.watched.discard(source)


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    yield ours, theirs
    ours.close()
    theirs.close()


@pytest.fixture
def heard():
    return []


@pytest.fixture
def hearing(ends, heard):
    return Hearing(
        Loop(),
        ends[0],
        command=lambda connection: heard.append("command"),
        runs=lambda: heard.append("runs"),
        progress=lambda *news: heard.append(news),
    )


def test_progress_that_waits_is_heard_at_the_end(ends, hearing, heard):
    for done in range(3):
        ends[1].send(
            json.dumps({"step": "a", "done": done, "total": 2}).encode()
        )

    hearing.close()

    assert heard == [("a", 0, 2), ("a", 1, 2), ("a", 2, 2)]


def test_nothing_is_begun_at_the_end(ends, hearing, heard):
    reader, writer = os.pipe()
    ends[1].send(b'{"phase": "run"}')
    socket.send_fds(ends[1], [b'{"command": true}'], [writer])
    os.close(writer)
    ends[1].send(b'{"step": "a", "done": 1, "total": 1}')

    hearing.close()

    assert heard == [("a", 1, 1)]
    assert os.read(reader, 1) == b""  # nobody keeps what came along
    os.close(reader)


def test_garbage_at_the_end_is_no_trouble(ends, hearing, heard):
    for text in (b"\xff", b"[]", b"{", b'{"total": "x"}', b"[" * 60000):
        ends[1].send(text)
    ends[1].close()

    hearing.close()

    assert heard == []
