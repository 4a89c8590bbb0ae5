"""The keeper's loop and its lines: nobody is waited for without end."""

import os
import signal
import socket

import pytest

from turbo_hipster.builds import reading
from turbo_hipster.builds.logbook import Logs
from turbo_hipster.builds.loop import Loop
from turbo_hipster.builds.messages import Closed, Garbage, Line


@pytest.fixture
def loop():
    before = signal.getsignal(signal.SIGCHLD)
    made = Loop()
    yield made
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, before)
    made._selector.close()
    for one in made.own[:2]:
        os.close(one)


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_a_number_that_became_anothers_is_not_called_for_the_first(loop):
    # given two readable pipes, whose first reader closes both and opens anew
    called = []
    (read, write), (other, third) = os.pipe(), os.pipe()
    for end in (write, third):
        os.write(end, b".")

    def swap(name):
        called.append(name)
        for one in (read, other):
            loop.unwatch(one)
            os.read(one, 1)
        loop.watch(read, lambda: called.append("new"))
        loop.watch(other, lambda: called.append("new"))

    loop.watch(read, lambda: swap("one"))
    loop.watch(other, lambda: swap("two"))

    # when
    loop.turn()

    # then neither the old nor the new reader of the second is called
    assert len(called) == 1
    for one in (read, write, other, third):
        os.close(one)


def test_timers_fire_in_order_unless_cancelled(loop):
    called = []
    loop.after(0.002, lambda: called.append("late"))
    loop.after(0.001, lambda: called.append("early"))
    loop.after(0, lambda: called.append("never")).cancel()
    loop.turn_until(lambda: len(called) == 2)
    assert called == ["early", "late"]


def test_a_child_that_ends_is_told_once(loop):
    ended = []
    pid = os.fork()
    if pid == 0:
        os._exit(7)
    loop.child(pid, ended.append)
    loop.turn_until(lambda: bool(ended))
    assert [os.waitstatus_to_exitcode(one) for one in ended] == [7]


def test_who_does_not_read_is_given_up(pair):
    # given a peer that reads nothing, and a line with little patience
    ours, theirs = pair
    ours.setblocking(False)
    line = Line(ours, patience=0.05)

    # then sending ends, and the line is shut
    with pytest.raises(Closed, match="does not read"):
        while True:
            line.send({"text": "x" * 65536})
    with pytest.raises(Closed):
        line.receive()
    assert theirs.recv(1)


@pytest.mark.parametrize(
    "text", [b"x\n", b"[]\n", b"1\n", b"[" * 9999 + b"\n"]
)
def test_what_is_no_message_is_garbage(pair, text):
    ours, theirs = pair
    theirs.sendall(text + b"\n")
    with pytest.raises(Garbage):
        Line(ours).receive()


def test_messages_may_come_in_pieces(pair):
    ours, theirs = pair
    line = Line(ours)
    theirs.sendall(b'{"a": ')
    assert line.receive() == []
    theirs.sendall(b'1}\n{"b": 2}\n{"c"')
    assert line.next() == {"a": 1}
    assert line.early
    assert line.receive() == [{"b": 2}]
    theirs.close()
    with pytest.raises(Closed):
        line.receive()


def test_a_pipe_that_is_written_without_end_is_not_drained_for_ever(
    loop, tmp_path
):
    # given a writer that fills the pipe again whenever it is read
    read, write = os.pipe()
    os.set_blocking(read, False)
    pid = os.fork()
    if pid == 0:
        while True:
            os.write(write, b"x" * 4095 + b"\n")
    logs = Logs(loop, tmp_path, 2**30, [])
    source = logs["a.log"].source("output")
    try:
        # then draining ends: what was in the pipe is taken
        logs.drain(read, source)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(read)
        os.close(write)
    logs.close()
    assert (tmp_path / "a.log").stat().st_size < 2 * 2**20


def test_only_regular_files_are_read(tmp_path):
    plain, link, pipe = (tmp_path / name for name in ("plain", "link", "pipe"))
    plain.write_bytes(b"12345")
    link.symlink_to(plain)
    os.mkfifo(pipe)
    assert reading.read_plain(plain, 3) == b"123"
    for path in (link, pipe, tmp_path):
        with pytest.raises(OSError):
            reading.read_plain(path, 3)
    with pytest.raises(FileNotFoundError):
        reading.read_plain(tmp_path / "none", 3)


def test_a_log_is_not_written_into_a_pipe(loop, tmp_path):
    os.mkfifo(tmp_path / "a.log")
    with pytest.raises(OSError, match="no regular file"):
        Logs(loop, tmp_path, 2**20, [])["a.log"]
