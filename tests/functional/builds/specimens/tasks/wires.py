"""Tasks that misuse the line to their keeper."""

import json
import os
import pathlib
import signal
import socket
import sys
import time

from tasks.stage import Specimen


class ClosesEverything(Specimen):
    def act(self, context):
        os.closerange(0, 4096)
        context.execute(["/bin/true"])


class ClosesAndPasses(Specimen):
    def act(self, context):
        os.closerange(0, 4096)
        return super().act(context)


class WritesGarbage(Specimen):
    def act(self, context):
        for text in (
            b"\x00\xff",
            b"[]",
            b"null",
            b'{"total": 1}',
            b'{"total": 1, "done": 1e999, "step": {}}',
            b'{"total": "x", "done": []}',
            b'{"step": "' + b"x" * 60_000,
            b"[" * 60_000,
        ):
            self.send(text)
        return super().act(context)


class SendsStrangeDescriptors(Specimen):
    """A file, a pipe, sockets that are silent, or say what they should not."""

    def act(self, context):
        with open("/dev/null") as nothing:
            self.send(b"{}", *[nothing.fileno()] * 3)
        read, write = os.pipe()
        self.send(b"{}", read)
        self.kept = []
        for text in (
            b"",
            b"no message\n",
            b"[]\n",
            b'{"argv": 1}\n',
            b'{"argv": ["true"], "cwd": "/", "env": {}, "watch": [1]}\n',
            b'{"argv": ["true"], "cwd": "/", "env": {}, "timeout": "x"}\n',
            b'{"argv": ["true"], "cwd": "/", "env": {}, "log": "../x"}\n',
            b'{"argv": ["true"], "cwd": "/", "env": {}, "user": "\\u0000"}\n',
        ):
            ours, theirs = socket.socketpair()
            ours.send(text)
            self.send(b"{}", theirs.fileno())
            theirs.close()
            self.kept.append(ours)
        end = context.execute(["/bin/sh", "-c", "echo still heard"])
        assert end.status == 0
        return super().act(context)


class Dribbles(Specimen):
    """Ask for a command a byte at a time, without end."""

    def act(self, context):
        ours, theirs = socket.socketpair()
        self.send(b"{}", theirs.fileno())
        print("dribbling", flush=True)
        while True:
            ours.send(b" ")
            time.sleep(0.05)


class AsksAndEnds(Specimen):
    """Ask for many commands, which nobody has heard when we are gone."""

    def act(self, context):
        pathlib.Path(self.base, "ready").touch()
        while not os.path.exists(f"{self.base}/ask"):
            time.sleep(0.01)
        request = {
            "argv": ["/bin/sh", "-c", f"echo ran >> {self.base}/ran"],
            "cwd": "/",
            "env": {"PATH": os.environ["PATH"]},
        }
        self.kept = []
        for _ in range(20):
            ours, theirs = socket.socketpair()
            ours.sendall(json.dumps(request).encode() + b"\n")
            self.send(b"{}", theirs.fileno())
            self.kept.append(ours)
        os._exit(0)


class MovesHouse(Specimen):
    def act(self, context):
        os.chdir("/")
        os.umask(0o777)
        for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        os.environ.clear()
        sys.stdout = sys.stderr = None
        return super().act(context)
