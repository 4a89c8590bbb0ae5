"""Who came from whom, as /proc tells; knows nothing of our own code."""

import contextlib
import os
from pathlib import Path


def family(ancestor):
    """Return {pid: start} of all that came from a process, and itself."""
    parents, starts = {}, {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            told = status_of(int(name))
            parents[int(name)], starts[int(name)] = int(told[1]), told[19]
    found, more = {ancestor}, {ancestor}
    while more:
        more = {pid for pid in parents if parents[pid] in more}
        found |= more
    return {pid: starts[pid] for pid in found if pid in starts}


def status_of(pid):
    """The fields of proc(5)'s stat, from the state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def absent(pids):
    for pid, start in pids.items():
        with contextlib.suppress(OSError):
            told = status_of(pid)
            if told[19] == start and told[0] not in "ZX":
                return False
    return True
