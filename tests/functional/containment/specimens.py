"""Processes that try to get away.  Each function runs as a build's own.

``tell()`` lets the test know that the calling process exists, and no more:
what it does next may be still to come, so the test looks from outside.  Every
process has inherited the witnesses.  Nobody returns unless it is said so.
"""

import ctypes
import mmap
import os
import signal
import struct
import threading
import time

libc = ctypes.CDLL(None)


def lurk():
    while True:
        signal.pause()


def child(work, *arguments):
    """Fork a process that does ``work`` and then lurks."""
    pid = os.fork()
    if pid == 0:
        try:
            work(*arguments)
            lurk()
        finally:
            os._exit(1)
    return pid


def setsid_grandchildren(tell):
    def grow(depth):
        os.setsid()
        tell()
        if depth:
            child(grow, depth - 1)
            child(grow, depth - 1)

    child(grow, 3)
    tell()


def double_fork(tell):
    def daemon():
        os.setsid()
        child(tell)
        os._exit(0)

    for _ in range(5):
        child(daemon)
    tell()


def cleared_environment(tell):
    def sleep():
        tell()
        os.execve("/bin/sleep", ["sleep", "1000"], {})

    child(sleep)
    tell()


def ignore_everything(tell):
    for number in range(1, 65):
        if number not in (9, 19, 32, 33):
            signal.signal(number, signal.SIG_IGN)
    child(tell)
    tell()
    while True:
        time.sleep(1000)


def hold_stdout(tell):
    def hold():
        tell()
        os.execv("/bin/sh", ["sh", "-c", "trap '' TERM HUP; sleep 1000"])

    child(hold)
    os._exit(0)


def hoppers(tell):
    """Each forks the next and exits, in sessions of their own, for 30 s."""
    end = time.monotonic() + 30

    def hop():
        while time.monotonic() < end:
            if os.fork():
                os._exit(0)
            os.setsid()
            tell()

    for _ in range(4):
        child(hop)
    lurk()


def two_hundred(tell):
    for _ in range(199):
        child(tell)
    tell()


def chain(tell):
    for _ in range(60):
        if os.fork():
            break
        tell()


def bomb(tell):
    """Every process forks without end; they stop at 2,000 together."""
    count = mmap.mmap(-1, 8)

    def started():
        # not exact under contention, which is near enough for a brake
        (number,) = struct.unpack("q", count[:8])
        count[:8] = struct.pack("q", number + 1)
        return number

    while started() < 2000:
        try:
            os.fork()
        except OSError:
            break
        tell()


def stopped(tell):
    def stop():
        tell()
        os.kill(os.getpid(), signal.SIGSTOP)

    for _ in range(3):
        child(stop)
    tell()


def traced(tell):
    def let_be_traced():
        libc.ptrace(0, 0, 0, 0)  # PTRACE_TRACEME
        tell()
        os.kill(os.getpid(), signal.SIGSTOP)

    pid = child(let_be_traced)
    os.waitpid(pid, os.WUNTRACED)
    tell()


def vforked(tell):
    """The parent waits in the kernel while its child has its memory."""

    def split():
        libc.vfork()
        tell()

    child(split)
    tell()


def threads_that_exec(tell):
    def run():
        os.execv("/bin/sleep", ["sleep", "1000"])

    def with_threads():
        for _ in range(3):
            threading.Thread(target=lurk, daemon=True).start()
        tell()
        threading.Thread(target=run).start()
        while True:
            time.sleep(1000)

    child(with_threads)
    tell()


def own_subreaper(tell):
    """A process that adopts the orphans below it, as a keeper does."""

    def adopt():
        libc.prctl(36, 1, 0, 0, 0)
        child(lambda: (child(lambda: child(tell)), os._exit(0)))
        tell()

    child(adopt)
    tell()


def own_namespace(tell):
    """A build that makes a user and PID namespace below ours."""

    def nest():
        if libc.unshare(0x10000000 | 0x20000000):
            tell()
        child(lambda: (tell(), child(tell)))
        tell()

    child(nest)
    tell()


def leave_cgroup(tell):
    """Root can step out of its cgroup."""

    def step_out():
        os.setsid()
        with open(os.environ["WAY_OUT"], "w") as procs:
            procs.write("0")
        tell()

    child(step_out)
    tell()


def polite(tell):
    """Three that end on TERM, one of them as soon as it is woken.

    The kernel ends them.  A handler of Python's would be called after the
    next instruction: too late for a process that stops or pauses just then.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    child(tell)
    child(lambda: (tell(), os.kill(os.getpid(), signal.SIGSTOP)))
    tell()


def mourn(tell):
    """A build that is over, with an orphan left behind."""
    child(tell)
    tell()
    os._exit(0)


SPECIMENS = {
    # how many must have told before the test goes on
    "setsid_grandchildren": 16,
    "double_fork": 6,
    "cleared_environment": 2,
    "ignore_everything": 2,
    "hold_stdout": 1,
    "hoppers": 50,
    "two_hundred": 200,
    "chain": 60,
    "bomb": 100,
    "stopped": 4,
    "traced": 2,
    "vforked": 2,
    "threads_that_exec": 2,
    "own_subreaper": 3,
    "own_namespace": 4,
}

STOPPED = {
    # how many come to rest in a state of proc_pid_stat(5) after they told
    "polite": (1, "T"),
    "stopped": (3, "T"),
    "traced": (1, "t"),
}
