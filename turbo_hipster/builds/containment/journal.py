"""After a crash: find what still carries the mark of a build, and kill it.

Pids are reused soon and a mark may be met by chance, so a process counts as
a build's only when it also started after it, in the same boot.
"""

from __future__ import annotations

import os
import select
import signal
import time
from typing import NamedTuple

from turbo_hipster.builds.containment import children, mark, proc

DOUBTS = 2000
"""How many may end under our eyes, while none is found, before we believe."""


class Journal(NamedTuple):
    """What is written down of a build before its first process is forked.

    ``started`` is in clock ticks since boot, as in /proc/PID/stat;
    ``env_mark`` is the value of TURBO_HIPSTER_BUILD in its commands.
    """

    boot_id: str
    mark: int
    started: int
    env_mark: str


def now_journal(build_id: str, mark: int) -> dict[str, str | int]:
    """Return the facts for ``Journal(**facts)``, as plain data."""
    ticks = time.clock_gettime(time.CLOCK_BOOTTIME) * os.sysconf("SC_CLK_TCK")
    return Journal(_boot_id(), mark, int(ticks), build_id)._asdict()


def sweep(journal: Journal, *, seconds: float = 10.0) -> list[children.Left]:
    """Kill the living processes of a build whose keeper is lost.

    Ours is who has its hard RLIMIT_MSGQUEUE, unless its environment names
    another build, and who has its TURBO_HIPSTER_BUILD.  Goes on until two
    scans find nobody, for ``seconds`` at most; returns who is left and why.
    A scan in which somebody ended before we could look, or was a zombie with
    the mark for the first time, is not believed: he may have forked the next.
    Only where nobody is found and others never stop ending, we stop doubting.
    """
    if journal.boot_id != _boot_id():
        return []
    deadline = time.monotonic() + seconds
    quiet = 0
    doubts = DOUBTS
    dead: set[tuple[int, int]] = set()
    while quiet < 2:
        found, refused, vanished = _strike(journal, dead)
        doubted = bool(vanished) and doubts > 0
        doubts = DOUBTS if found else doubts - vanished
        quiet = 0 if found or doubted else quiet + 1
        late = time.monotonic() > deadline
        if found and (late or len(refused) == len(found)):
            return [
                children.describe(pid, refused=pid in refused)
                for pid in found
                if proc.alive(pid)
            ]
    return []


def _strike(
    journal: Journal, dead: set[tuple[int, int]]
) -> tuple[list[int], list[int], int]:
    """Look at every process once, and kill the build's.

    Those that change the fastest are the newest, and are looked at first.
    Returns who was found, who of them may not be killed, and how many
    had ended before we could look; ``dead`` are the zombies, by pid and
    start, that were counted before.
    """
    found: list[int] = []
    refused: list[int] = []
    vanished = 0
    for pid in proc.newest_first(proc.pids()):
        start = proc.start_time(pid)
        if not start:
            vanished += 1
        elif start >= journal.started and _is_marked(pid, journal):
            found.append(pid)
            if not _kill(pid, start):
                refused.append(pid)
        elif (
            start >= journal.started
            and not proc.alive(pid)
            and (pid, start) not in dead
            and mark.carried(pid) in (journal.mark, None)
        ):
            dead.add((pid, start))
            vanished += 1
    return found, refused, vanished


def _boot_id() -> str:
    return proc.read("/proc/sys/kernel/random/boot_id").decode().strip()


def _is_marked(pid: int, journal: Journal) -> bool:
    variable = f"{mark.ENVIRONMENT}=".encode()
    if pid == os.getpid() or not proc.alive(pid):
        return False
    named = [
        entry for entry in proc.environment(pid) if entry.startswith(variable)
    ]
    if named:
        return variable + journal.env_mark.encode() in named
    return mark.carried(pid) == journal.mark


def _kill(pid: int, start: int) -> bool:
    """Kill exactly the process that was found; False: we may not."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        if proc.start_time(pid) == start:
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            poll.poll(children.PAUSE * 1000)
    except PermissionError:
        return False
    except ProcessLookupError:
        pass
    finally:
        os.close(descriptor)
    return True
