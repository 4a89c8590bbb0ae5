"""The wire between a build and a stepping process."""

import json
import socket
import threading
import time

import pytest

from turbo_hipster_databases.stepping.channel import (
    Channel,
    Garbage,
    Listener,
)
from turbo_hipster_databases.stepping.inside import channel as inside


@pytest.fixture
def pair():
    """Our end, and the bare socket at the other."""
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    yield channel, theirs
    channel.close()
    theirs.close()


def soon():
    return time.monotonic() + 60


def test_a_path_of_any_length_will_do(tmp_path):
    folder = tmp_path / ("long" * 30) / ("longer" * 20)
    folder.mkdir(parents=True)
    listener = Listener(folder / "walker.sock")
    assert len(str(listener.path)) > 107
    made = []
    thread = threading.Thread(
        target=lambda: made.append(inside.connect(str(listener.path))),
        name="connects",
    )
    thread.start()
    channel = listener.accept(60)
    thread.join()
    listener.close()
    channel.send({"do": "history", "text": "ä" * 1000})
    assert made[0].receive()["do"] == "history"
    made[0].send({"said": [1, 2]})
    assert channel.receive(soon()) == {"said": [1, 2]}
    channel.close()
    assert made[0].receive() is None
    made[0].close()
    assert not list(folder.iterdir())


def test_nobody_comes(tmp_path):
    listener = Listener(tmp_path / "walker.sock")
    assert listener.accept(0.01) is None
    listener.close()


def test_messages_come_one_by_one_however_they_are_cut(pair):
    channel, theirs = pair
    theirs.sendall(b'{"a": 1}\n{"b"')
    assert channel.receive(soon()) == {"a": 1}
    theirs.sendall(b": 2}\n")
    assert channel.receive(soon()) == {"b": 2}


def test_half_a_character_becomes_a_question_mark(pair):
    channel, theirs = pair
    theirs.sendall(json.dumps({"said": "\ud800 \U0001f600"}).encode() + b"\n")
    assert channel.receive(soon()) == {"said": "? \U0001f600"}


@pytest.mark.parametrize(
    "words",
    [b"hello\n", b"[1]\n", b"\xff\n", b"\n", b"[" * 100_000 + b"\n"],
    ids=["text", "list", "bytes", "empty", "deep"],
)
def test_what_is_no_message_is_garbage(pair, words):
    channel, theirs = pair
    theirs.sendall(words)
    with pytest.raises(Garbage):
        channel.receive(soon())


def test_the_deadline_holds_also_for_half_a_message(pair):
    channel, theirs = pair
    theirs.sendall(b'{"half"')
    with pytest.raises(TimeoutError):
        channel.receive(time.monotonic() + 0.01)
    theirs.sendall(b": true}\n")
    assert channel.receive(soon()) == {"half": True}


def test_an_end_in_the_middle_of_a_message_is_an_end(pair):
    channel, theirs = pair
    theirs.sendall(b'{"half"')
    theirs.shutdown(socket.SHUT_RDWR)
    assert channel.receive(soon()) is None
    channel.send({"more": 1})  # nobody hears it, and that is no error
