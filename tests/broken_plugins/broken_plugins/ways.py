"""Ways to misbehave: used at import by one plugin, in run by another."""

import contextlib
import ctypes
import faulthandler
import os
import signal
import sys
import threading
import time

BOMB = 2000


class Odd(BaseException):
    """No Exception, so that a broad handler does not see it."""


def witness():
    """Hold the test's named pipe open, and tell our pid."""
    path = os.environ.get("TH_WITNESS")
    if path:
        os.write(os.open(path, os.O_WRONLY), b"%d\n" % os.getpid())


def exits():
    sys.exit(3)


def exits_zero():
    sys.exit()


def vanishes():
    os._exit(0)


def asserts():
    assert sys.maxsize == 0, "never so small"


def raises():
    raise RuntimeError("broken on purpose")


def raises_base():
    raise Odd("broken on purpose")


def interrupts():
    raise KeyboardInterrupt


def segfaults():
    ctypes.string_at(0)


def aborts():
    os.abort()


def loops():
    witness()
    for number in range(1, 65):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    while True:
        pass


def loops_loudly():
    while True:
        print("again and again", flush=True)


def stops():
    witness()
    os.kill(os.getpid(), signal.SIGSTOP)


def writes_garbage():
    """Write into whatever is open, except the standard streams."""
    for handle in range(3, 256):
        with contextlib.suppress(OSError):
            os.set_blocking(handle, False)
            os.write(handle, b"\xff\x00{garbage\n")


def closes_fds():
    faulthandler.disable()
    os.closerange(3, 4096)


def _child(work):
    if os.fork() == 0:
        try:
            work()
        finally:
            os._exit(0)


def _waits():
    witness()
    while True:
        time.sleep(60)


def leaves_children():
    for _ in range(3):
        _child(_waits)


def hides_children():
    """A session of its own, two forks, no environment, deaf to TERM."""

    def grandchild():
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        _child(_waits)

    _child(grandchild)


def leaves_threads():
    threading.Thread(target=_waits, name="left behind").start()


def kills_its_guard():
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)


def forks_through():
    os.fork()


def bombs():
    for _ in range(BOMB):
        try:
            _child(_waits)
        except OSError:
            break


def moves_house():
    """Change what belongs to the whole process."""
    os.chdir("/")
    os.umask(0)
    os.environ["PATH"] = "/nowhere"
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sys.stdout = sys.stderr = None
