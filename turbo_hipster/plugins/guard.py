"""A program: run one command, and leave nothing of it behind.

    python -I -S guard.py CONTROL REPORT USER COMMAND [ARGUMENT …]

Not to be imported by anybody: it stands alone, so that it starts at once.
The guard is the reaper of every orphan of the command, so nothing leaves its
sight by forking twice or by a session of its own.  It writes to REPORT::

    pid N           the command runs         errno N   it could not be started
    exit N LEFT     the command ended with status N (minus a signal's number);
                    LEFT processes outlived it and were killed

CONTROL is the other end of a pipe that only the caller holds.  A number on it
asks for an end: SIGTERM now, SIGKILL that many seconds later.  Its end of
file means that the caller is gone, and kills at once.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import select
import signal
import sys
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
PRCTL = ctypes.CDLL(None, use_errno=True).prctl
DEADLINE = 10.0  # seconds that killing may take


def main() -> None:
    """Run the command to its end."""
    control, report = int(sys.argv[1]), int(sys.argv[2])
    for handle in (control, report):
        os.set_inheritable(handle, False)
    PRCTL(PR_SET_CHILD_SUBREAPER, 1)
    started, failed = os.pipe()
    command = os.fork()
    if command == 0:
        become(sys.argv[3], sys.argv[4:], failed)
    os.close(failed)
    trouble = os.read(started, 16)
    if trouble:
        os.waitpid(command, 0)
        os.write(report, b"errno %s\n" % trouble)
        return
    os.write(report, b"pid %d\n" % command)
    hand_over_streams()
    wait(command, control)
    _, ended = os.waitpid(command, 0)
    left = kill_all()
    status = os.waitstatus_to_exitcode(ended)
    os.write(report, b"exit %d %d\n" % (status, left))


def become(user: str, argv: list[str], failed: int) -> None:
    """Turn this process into the command; tell ``failed`` if that fails."""
    try:
        os.setsid()
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if user:
            account = pwd.getpwnam(user)
            os.initgroups(user, account.pw_gid)
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        PRCTL(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.execvp(argv[0], argv)  # noqa: S606 - no shell is the point
    except OSError as error:
        os.write(failed, b"%d" % (error.errno or 1))
    except KeyError:  # no such user
        os.write(failed, b"1")
    finally:
        os._exit(127)


def hand_over_streams() -> None:
    """Let go of the command's streams, so that their end can be seen."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(nothing, handle)


def wait(command: int, control: int) -> None:
    """Return when the command has ended, or was made to."""
    process = os.pidfd_open(command)
    poll = select.poll()
    poll.register(process, select.POLLIN)
    poll.register(control, select.POLLIN)
    limit: float | None = None
    while True:
        rest = None if limit is None else max(0, limit - time.monotonic())
        ready = dict(poll.poll(None if rest is None else rest * 1000))
        if process in ready:
            return
        if limit is not None and time.monotonic() >= limit:
            break
        if control in ready:
            asked = os.read(control, 64).split()
            if not asked:
                break
            limit = time.monotonic() + float(asked[-1])
            os.killpg(command, signal.SIGTERM)
    os.killpg(command, signal.SIGKILL)


def kill_all() -> int:
    """Kill what is left below us until there is nothing; return how much."""
    killed: set[int] = set()
    limit = time.monotonic() + DEADLINE
    while time.monotonic() < limit:
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            break
        below = children(os.getpid())
        while below:
            process = below.pop()
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
            killed.add(process)
            below += children(process)  # it gains none after the kill
        time.sleep(0.001)
    return len(killed)


def children(process: int) -> list[int]:
    """Return the processes whose parent is ``process``."""
    found: list[int] = []
    folder = f"/proc/{process}/task"
    try:
        for thread in os.listdir(folder):  # noqa: PTH208 - no pathlib: speed
            with open(f"{folder}/{thread}/children") as file:  # noqa: PTH123
                found += map(int, file.read().split())
    except OSError:  # it is gone, or going
        pass
    return found


if __name__ == "__main__":
    main()
