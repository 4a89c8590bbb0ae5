"""Tasks that do not end, or will not be ended."""

import mmap
import os
import signal
import sys
import threading
import time

import hostile

from tasks.stage import Specimen
from turbo_hipster import model


class LoopsSilently(Specimen):
    def act(self, context):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            pass


class LoopsLoudly(Specimen):
    def act(self, context):
        while True:
            try:
                print("again and again")
            except BaseException:
                continue


class SaysItBegins(Specimen):
    """Try to have the clock set back, for ever."""

    def act(self, context):
        while True:
            self.send(b'{"phase": "run"}')
            time.sleep(0.05)


class Multiplies(Specimen):
    """Fork without end; stops itself at 2,000."""

    def act(self, context):
        count = mmap.mmap(-1, 4)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while int.from_bytes(count[:4], "little") < 2000:
            number = int.from_bytes(count[:4], "little") + 1
            count[:4] = number.to_bytes(4, "little")
            if os.fork() == 0:
                if number % 50 == 0:
                    hostile.witness(self.base)
                if number % 2:
                    hostile.lurk()
        return model.Result.failure("it was not stopped")


class IsDeaf(Specimen):
    def act(self, context):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("lurking", flush=True)
        hostile.orphan()
        hostile.lurk()


class PrintsAndLurks(Specimen):
    def act(self, context):
        for number in range(10_000):
            print("line", number)
        sys.stdout.flush()
        (self.root / "work" / "done").touch()
        hostile.lurk()


class LeaksThreads(Specimen):
    def act(self, context):
        for _ in range(20):
            threading.Thread(target=lambda: time.sleep(3600)).start()
        return super().act(context)
