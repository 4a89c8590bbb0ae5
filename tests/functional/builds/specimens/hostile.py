"""A command that tries to get away: ``hostile.py KIND BASE``.

Every process of it opens the witness pipe and tells its pid on the witness
socket, by paths, so that a cleared environment or closed descriptors make no
difference.
"""

import os
import signal
import socket
import sys
import time

BASE = sys.argv[2] if __name__ == "__main__" else ""


def witness(base):
    # kept open as long as this process, and what it forks, lives
    os.open(f"{base}/witness.pipe", os.O_WRONLY)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
        speaker.connect(f"{base}/witness.socket")
        speaker.send(b".")


def lurk():
    while True:
        signal.pause()


def child(work, *arguments):
    pid = os.fork()
    if pid == 0:
        try:
            work(*arguments)
            witness(BASE)
            lurk()
        finally:
            os._exit(1)
    return pid


def new_session(depth):
    os.setsid()
    if depth:
        child(new_session, depth - 1)
        child(new_session, depth - 1)


def setsid():
    child(new_session, 2)
    return 8


def orphan():
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        witness(BASE)
        lurk()
    os.wait()


def double_fork():
    orphan()
    orphan()
    return 3


def clear_environment():
    if os.environ:
        if os.fork() == 0:
            os.setsid()
            if os.fork():
                os._exit(0)
            os.execve(sys.executable, [sys.executable, "-E", *sys.argv], {})
        os.wait()
    return 2


def ignore_term():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    child(os.setsid)
    return 2


def hold_stdout():
    """End at once; a daemon has our output open."""
    orphan()
    os._exit(0)


def last_words():
    def tidy_up(*_):
        time.sleep(0.3)  # who kills at once is quicker
        os.write(1, b"my last words\n")
        os._exit(0)

    signal.signal(signal.SIGTERM, tidy_up)
    os.write(1, b"I shall tidy up\n")
    return 1


def odd_bytes():
    os.write(1, b"\x00nul\rcr\n\n\xff\xfe no text\n\x1b[31mred\n")
    os.write(1, "æøå €\n".encode() + b"x" * 200_000 + b"\nno newline")
    os._exit(0)


def split_secret():
    secret = os.environ["PASSWORD"].encode()
    for byte in b"before " + secret + b" after\n":
        os.write(1, bytes([byte]))
    os._exit(1)


if __name__ == "__main__":
    witness(BASE)
    globals()[sys.argv[1]]()
    lurk()
