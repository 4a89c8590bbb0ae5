"""Clients that are slow, wordy, many or gone hurt nobody."""

import contextlib
import http.client
import os
import socket
import threading

import pytest

from turbo_hipster import exceptions
from turbo_hipster.watching import guest, listener, opening
from turbo_hipster.watching import http as ours

LIMIT = 60
REQUEST = b"GET / HTTP/1.1\r\n\r\n"


def pages(path):
    size = {"/": 3, "/large": 4_000_000}.get(path)
    return None if size is None else ours.Page(200, "x" * size)


class Place:
    """A listener, and ways to come to it."""

    def __init__(self, stack):
        self.stack = stack
        opened = opening.opened(("127.0.0.1", 0))
        self.address = opened.getsockname()
        self.listener = listener.Listener(opened, pages)
        stack.callback(self.listener.close)
        self.listener.start()

    def come(self, sent=b""):
        connection = socket.create_connection(self.address, LIMIT)
        self.stack.callback(connection.close)
        if sent:
            connection.sendall(sent)
        return connection

    def get(self, path="/", method="GET", **more):
        connection = http.client.HTTPConnection(*self.address, timeout=LIMIT)
        try:
            connection.request(method, path, **more)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@pytest.fixture
def place():
    threads = threading.active_count()
    descriptors = len(os.listdir("/proc/self/fd"))
    with contextlib.ExitStack() as stack:
        yield Place(stack)
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) == descriptors


def gone(connection):
    """Whether the other side ends it, cleanly or not."""
    with contextlib.suppress(ConnectionError):
        while connection.recv(65536):
            pass
    return True


def test_a_page_is_got(place):
    assert place.get() == (200, b"xxx")
    assert place.get("/none")[0] == 404


def test_a_large_page_comes_whole(place):
    assert place.get("/large") == (200, b"x" * 4_000_000)


def test_one_byte_at_a_time_will_do(place):
    connection = place.come()
    for byte in REQUEST:
        connection.sendall(bytes([byte]))

    assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")


def test_who_says_nothing_is_shown_out(place, monkeypatch):
    monkeypatch.setattr(listener, "PATIENCE", 0.2)
    silent, slow = place.come(), place.come(b"GET / HT")

    assert gone(silent)
    assert gone(slow)
    assert place.get() == (200, b"xxx")


def test_who_does_not_read_is_shown_out(place, monkeypatch):
    monkeypatch.setattr(listener, "PATIENCE", 0.2)
    lazy = socket.socket()
    place.stack.callback(lazy.close)
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    lazy.connect(place.address)
    lazy.sendall(b"GET /large HTTP/1.1\r\n\r\n")
    other = place.come()

    assert gone(other)
    assert place.get() == (200, b"xxx")


def test_many_who_wait_keep_nobody_out(place):
    """Silent ones fill the house; each next one makes the oldest go."""
    crowd = [place.come(b"GET") for _ in range(listener.MOST * 3)]

    assert place.get() == (200, b"xxx")
    assert all(gone(one) for one in crowd[: listener.MOST])
    assert len(place.listener._guests) <= listener.MOST


def test_a_body_does_not_cost_the_answer(place):
    assert place.get(method="POST", body=b"x" * 60_000)[0] == 405


def test_a_body_without_end_is_cut(place):
    connection = place.come(b"POST / HTTP/1.1\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        for _ in range(10_000):
            connection.sendall(b"x" * guest.PIECE)
    assert gone(connection)
    assert place.get() == (200, b"xxx")


def test_who_leaves_at_once_is_no_trouble(place):
    for sent in (b"", b"GET", REQUEST):
        place.come(sent).close()

    assert place.get() == (200, b"xxx")


def test_closing_ends_the_thread_and_every_visit(place):
    visitor = place.come(b"GET")
    place.get()

    place.listener.close()

    assert gone(visitor)
    with pytest.raises(OSError):
        socket.create_connection(place.address, LIMIT)


def test_a_taken_port_is_an_error_that_names_option_and_place():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        host, port = taken.getsockname()
        with pytest.raises(
            exceptions.ConfigurationError,
            match=rf"\[health\] listen = {host}:{port}: .*in use",
        ):
            opening.opened((host, port))


def test_a_socket_of_somebody_who_is_gone_is_replaced(tmp_path):
    path = str(tmp_path / "health.sock")
    opening.opened(path).close()

    with opening.opened(path):
        assert os.stat(path).st_mode & 0o777 == 0o660
        with pytest.raises(exceptions.ConfigurationError, match="in use"):
            opening.opened(path)

    listener.remove(path)
    assert not os.path.exists(path)


def test_a_file_that_is_no_socket_is_left_alone(tmp_path):
    path = tmp_path / "notes"
    path.write_text("mine")

    with pytest.raises(exceptions.ConfigurationError, match="cannot be had"):
        opening.opened(str(path))

    assert path.read_text() == "mine"
