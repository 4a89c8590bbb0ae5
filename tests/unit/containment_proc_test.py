"""What /proc says."""

import os
import subprocess
import sys
import threading
import time

import pytest

from turbo_hipster.builds.containment import proc

NOBODY_THERE = 2**22 + 1


def soon(condition):
    """Wait until an exec that has begun is over."""
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.001)
    return condition()


def test_the_start_time_is_read_behind_a_name_with_brackets(tmp_path):
    # given a process whose name holds a blank and brackets
    program = tmp_path / "a) R (b"
    program.symlink_to("/bin/sleep")
    process = subprocess.Popen([program, "1000"])
    try:
        # then the name does not shift the fields
        assert soon(lambda: proc.name(process.pid) == "a) R (b")
        assert proc.parent(process.pid) == os.getpid()
        assert proc.start_time(process.pid) >= proc.start_time(os.getpid())
    finally:
        process.kill()
        process.wait()


def test_a_process_that_is_gone_has_nothing():
    assert proc.children(NOBODY_THERE) == []
    assert proc.state(NOBODY_THERE) == ""
    assert proc.parent(NOBODY_THERE) == 0
    assert proc.start_time(NOBODY_THERE) == 0
    assert proc.name(NOBODY_THERE) == ""
    assert not proc.alive(NOBODY_THERE)
    assert list(proc.environment(NOBODY_THERE)) == []


def test_a_zombie_is_not_alive():
    # given
    process = subprocess.Popen(["/bin/true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    # then
    assert proc.state(process.pid) == "Z"
    assert not proc.alive(process.pid)
    process.wait()


@pytest.mark.parametrize("by_file", [True, False])
def test_children_of_every_thread_are_found(monkeypatch, by_file):
    # given a child that a thread started
    if not by_file:
        monkeypatch.setattr(proc, "HAVE_CHILDREN", False)
    started, over = threading.Event(), threading.Event()
    found = []

    def start():
        found.append(subprocess.Popen(["/bin/sleep", "1000"]))
        started.set()
        over.wait(30)

    thread = threading.Thread(target=start, name="starter")
    thread.start()
    try:
        assert started.wait(30)

        # then it is a child, and in the tree
        assert found[0].pid in proc.children(os.getpid())
        assert found[0].pid in proc.children_tree(os.getpid())
    finally:
        over.set()
        thread.join()
        for process in found:
            process.kill()
            process.wait()


def test_the_environment_of_the_last_exec_is_shown():
    # given
    process = subprocess.Popen(
        [sys.executable, "-c", "input()"],
        env={"COLOUR": "red"},
        stdin=subprocess.PIPE,
    )

    # then
    assert soon(lambda: b"COLOUR=red" in proc.environment(process.pid))
    process.communicate(b"\n")


def test_the_youngest_come_first_when_pids_began_anew(monkeypatch):
    # given a machine whose last pid was 300, after it had come round
    told = b"0.50 0.40 0.30 2/412 300\n"
    monkeypatch.setattr(proc, "read", lambda path: told)

    # then those above it are the old ones
    found = proc.newest_first([5, 299, 300, 400, 32000])
    assert found == [300, 299, 5, 32000, 400]
