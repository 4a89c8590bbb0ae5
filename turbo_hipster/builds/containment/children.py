"""Kill all that descends from us, and prove it.

The proof is the kernel's: a sub-reaper for whom wait says ECHILD has no
descendant left, dead or alive, however it tried to get away.

The order matters.  A process that was sent SIGKILL gains no further child
(fork(2) fails with a fatal signal pending), so it is killed first and its
children are read afterwards; nothing needs to be frozen.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Collection, Iterable
from typing import NamedTuple

from turbo_hipster.builds.containment import kernel, proc

PAUSE = 0.005
"""Seconds to wait, at most, for a killed process before looking again."""


class Left(NamedTuple):
    """A process that is still there, and why we think so.

    ``state`` is the letter of proc_pid_stat(5).
    """

    pid: int
    name: str
    state: str
    why: str

    def __str__(self) -> str:
        return f"{self.pid} ({self.name}, state {self.state}): {self.why}"


def kill_children(
    deadline: float,
    *,
    keep: Collection[int] = (),
    ended: dict[int, int] | None = None,
) -> list[Left]:
    """Kill and reap every descendant of the calling process.

    ``deadline`` is a time of ``time.monotonic()``.  Children in ``keep`` and
    what is below them are left alone.  ``ended`` receives the wait status of
    each child that was reaped, by pid.  Returns what is left at the deadline
    and why; nothing, normally.

    The caller must be a sub-reaper, and must be the only thread that waits
    for children it does not keep.
    """
    return _Hunt(frozenset(keep), {} if ended is None else ended).run(deadline)


class _Hunt:
    """One call of kill_children."""

    def __init__(self, keep: frozenset[int], ended: dict[int, int]) -> None:
        self.me = os.getpid()
        self.keep = keep
        self.ended = ended
        self.struck: set[int] = set()
        self.walked: set[int] = set()
        self.refused: set[int] = set()
        self.spared = _sessions([0, os.getppid(), *keep])

    def run(self, deadline: float) -> list[Left]:
        while True:
            if self.reap():
                return []
            children = self.children()
            for child in children:
                if child not in self.struck:
                    self.strike(child)
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return [] if self.reap() else self.left()
            _await_one(
                [child for child in children if child in self.struck],
                min(PAUSE, remaining),
            )

    def children(self) -> list[int]:
        return [
            child for child in proc.children(self.me) if child not in self.keep
        ]

    def reap(self) -> bool:
        """Collect what is dead; True when there is nobody left."""
        if not self.keep:
            return self.reap_any()
        gone = True
        for child in self.children():
            gone = self.reap_one(child) and gone
        return gone

    def reap_any(self) -> bool:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | kernel.WALL)
            except ChildProcessError:
                return True
            if pid == 0:
                return False
            self.note(pid, status)

    def reap_one(self, child: int) -> bool:
        try:
            pid, status = os.waitpid(child, os.WNOHANG | kernel.WALL)
        except ChildProcessError:
            return True
        if pid:
            self.note(pid, status)
        return bool(pid)

    def note(self, pid: int, status: int) -> None:
        self.ended[pid] = status
        self.struck.discard(pid)
        self.refused.discard(pid)

    def strike(self, child: int) -> None:
        """Kill a child of ours and go down from it.

        Its pid is its own until we reap it.  Its process group dies with
        it, at one stroke, when it is of a session that began below us: a
        bomb that forks within one group cannot outrun that.
        """
        try:
            if os.getsid(child) not in self.spared:
                os.killpg(os.getpgid(child), signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        try:
            os.kill(child, signal.SIGKILL)
        except PermissionError:
            self.refused.add(child)
        except ProcessLookupError:
            return
        else:
            self.struck.add(child)
        waiting = [child]
        while waiting:
            above = waiting.pop()
            if above in self.walked:
                # it was killed before, so nothing new is below it
                continue
            if above not in self.refused:
                self.walked.add(above)
            for below in proc.children(above):
                if below not in self.keep and self.strike_below(below, above):
                    waiting.append(below)

    def strike_below(self, pid: int, above: int) -> bool:
        """Kill a child of our descendant ``above``; False: it is not one.

        Somebody else may reap it, and its pid be given to a stranger; so it
        is held by a pidfd while its parent is looked at.
        """
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            return False
        try:
            if proc.parent(pid) not in (above, self.me):
                return False
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        except PermissionError:
            self.refused.add(pid)
        except ProcessLookupError:
            return False
        finally:
            os.close(descriptor)
        return True

    def left(self) -> list[Left]:
        found = []
        waiting = self.children()
        while waiting:
            pid = waiting.pop(0)
            found.append(describe(pid, refused=pid in self.refused))
            waiting += [
                below for below in proc.children(pid) if proc.alive(below)
            ]
        return found


def describe(pid: int, *, refused: bool = False) -> Left:
    """Say why a process that was killed may still be there."""
    state = proc.state(pid)
    if refused:
        why = "we may not signal it; it runs as another user"
    elif state == "D":
        why = "it waits in the kernel for a device or a file server"
    elif state == "Z":
        why = "it is dead, but a debugger outside the build holds it"
    else:
        why = "it was not dead when the time was over"
    return Left(pid, proc.name(pid), state, why)


def _sessions(processes: Iterable[int]) -> set[int]:
    """Return sessions that may hold strangers; 0 is one we cannot see."""
    found = {0}
    for pid in processes:
        try:
            found.add(os.getsid(pid))
        except ProcessLookupError:
            continue
    return found


def _await_one(struck: list[int], seconds: float) -> None:
    """Wait until one of the killed is dead, or the time is over."""
    if not struck:
        time.sleep(seconds)
        return
    descriptor = os.pidfd_open(struck[-1])
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        poll.poll(seconds * 1000)
    finally:
        os.close(descriptor)
