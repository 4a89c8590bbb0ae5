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
    """
    if journal.boot_id != _boot_id():
        return []
    deadline = time.monotonic() + seconds
    quiet = 0
    while quiet < 2:
        found = _find(journal)
        refused = [pid for pid, start in found if not _kill(pid, start)]
        quiet = 0 if found else quiet + 1
        late = time.monotonic() > deadline
        if found and (late or len(refused) == len(found)):
            return [
                children.describe(pid, refused=pid in refused)
                for pid, _ in found
                if proc.alive(pid)
            ]
    return []


def _boot_id() -> str:
    return proc.read("/proc/sys/kernel/random/boot_id").decode().strip()


def _find(journal: Journal) -> list[tuple[int, int]]:
    """Return pid and start of each living process of the build."""
    found = []
    for pid in proc.pids():
        if pid == os.getpid() or not _is_marked(pid, journal):
            continue
        start = proc.start_time(pid)
        if start >= journal.started and proc.alive(pid):
            found.append((pid, start))
    return found


def _is_marked(pid: int, journal: Journal) -> bool:
    variable = f"{mark.ENVIRONMENT}=".encode()
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
