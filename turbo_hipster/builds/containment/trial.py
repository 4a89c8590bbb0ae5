"""Try a technique for real, on a process of our own."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time

from turbo_hipster.builds.containment import (
    children,
    kernel,
    mark,
    proc,
    technique,
)

PATIENCE = 10.0
"""Seconds that a trial may take."""

PAUSE = 0.005
"""Seconds between two rounds of killing."""

WORKS = "works"


def why_not(candidate: technique.Technique) -> str:
    """Contain and kill a process; return "" or the reason why it failed.

    Everything happens in a child, which leaves no trace in us.  Call it
    before threads are started.
    """
    news, teller = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        _do_and_exit(candidate, teller)
    os.close(teller)
    # all of them hold the pipe, so its end is theirs
    told, ended = _read_to_end(news, time.monotonic() + PATIENCE)
    os.close(news)
    if not ended:
        _end_by_force(pid)
    os.waitpid(pid, 0)
    if told == WORKS:
        return ""
    return told or f"the trial did not end within {PATIENCE:g} s"


def _do_and_exit(candidate: technique.Technique, teller: int) -> None:
    """Be the fork server of the trial."""
    try:
        kernel.become_subreaper()
        candidate.complaints = teller
        keeper = candidate.fork()
        if keeper == 0:
            os.write(teller, f"{_keep(candidate)}\n".encode())
        else:
            os.waitpid(keeper, 0)
            # what a technique that does not work left has become ours
            children.kill_children(time.monotonic() + PATIENCE)
    except OSError as error:
        os.write(teller, f"{error}\n".encode())
    finally:
        os._exit(0)


def _keep(candidate: technique.Technique) -> str:
    """Be its keeper; return WORKS or the reason."""
    candidate.enter("trial", mark.new_mark(()))
    joined, teller = os.pipe2(os.O_CLOEXEC)
    child = os.fork()
    if child == 0:
        try:
            candidate.join()
            os.write(teller, b"joined")
            signal.pause()
        finally:
            os._exit(1)
    os.close(teller)
    if not os.read(joined, 16):
        return "a process could not join"
    if child not in candidate.processes():
        return "a process that had joined was not found"
    left = candidate.kill(time.monotonic() + PATIENCE / 2)
    if left or candidate.processes():
        return "; ".join(map(str, left)) or "not everything was killed"
    candidate.leave()
    return WORKS


def _read_to_end(descriptor: int, deadline: float) -> tuple[str, bool]:
    """Return the first line, and whether all writers ended in time."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    text, ended = b"", False
    while not ended and (remaining := deadline - time.monotonic()) > 0:
        if poll.poll(remaining * 1000):
            piece = os.read(descriptor, 4096)
            text, ended = text + piece, not piece
    return text.partition(b"\n")[0].decode(errors="replace"), ended


def _end_by_force(pid: int) -> None:
    """End a trial that hangs; what is below it goes first."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        below = list(filter(proc.alive, proc.children_tree(pid)))
        if not below:
            break
        for child in below:
            with contextlib.suppress(ProcessLookupError):  # just ended
                os.kill(child, signal.SIGKILL)
        time.sleep(PAUSE)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
