"""Ask a job server as its administrator does."""

import socket

import pytest


def ask(address, question, timeout=5):
    """Put an administrator's question, in text, and return the rows."""
    with socket.create_connection(address, timeout) as made:
        made.sendall(question.encode() + b"\n")
        text = b""
        while not text.endswith(b".\n"):
            more = made.recv(65536)
            if not more:
                break
            text += more
    return [row.split("\t") for row in text.decode().splitlines()[:-1]]


def queues(address):
    """Return (waiting and running, running, workers) of each function."""
    try:
        rows = ask(address, "status")
    except OSError:
        return {}
    return {row[0]: tuple(map(int, row[1:4])) for row in rows}


@pytest.fixture(name="queues")
def queues_fixture():
    return queues
