"""The tasks that the others are made from, and sound ones."""

import array
import contextlib
import os
import socket
import stat
import sys

import hostile

from turbo_hipster import model
from turbo_hipster.task import Task

PYTHON = sys.executable
HOSTILE = hostile.__file__


class Specimen(Task):
    def run(self, context):
        self.base = context.build.parameters.get("BASE", "")
        self.root = context.results_dir.parent
        hostile.BASE = self.base
        if self.base:
            hostile.witness(self.base)
        return self.act(context)

    def act(self, context):
        return model.Result.success("all is well")

    def wire(self):
        """Find the socket to the keeper among our descriptors."""
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                number = int(name)
                if number > 2 and stat.S_ISSOCK(os.fstat(number).st_mode):
                    found = socket.socket(fileno=os.dup(number))
                    if found.type & socket.SOCK_SEQPACKET:
                        return found
        raise RuntimeError("no wire was found")

    def send(self, text, *descriptors):
        rights = array.array("i", descriptors)
        extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)]
        with self.wire() as wire:
            wire.sendmsg([text], extra if descriptors else [])


class Sound(Specimen):
    steps = ("one", "two")

    def act(self, context):
        for name in self.steps:
            with context.step(name):
                end = context.execute(["/bin/sh", "-c", f"echo {name}"])
        (context.results_dir / "kept.txt").write_text("kept")
        if end.status:
            return model.Result.failure("the shell is broken")
        return super().act(context)


class Fails(Specimen):
    def act(self, context):
        return model.Result.failure("the change is bad")


class FailsByFinding(Specimen):
    def act(self, context):
        context.finding("TH-ONE", "it is too slow", where={"place": "here"})
        return super().act(context)


class Lurks(Specimen):
    """Wait in the phase "run" until somebody ends it."""

    def act(self, context):
        print("lurking", flush=True)
        with context.step("lurk"):
            context.execute([PYTHON, HOSTILE, "double_fork", self.base])


class LurksBeside(Lurks):
    """The same, while another command runs."""

    def act(self, context):
        context.start(["sleep", "1000"])
        return super().act(context)


class Script(Specimen):
    """Run hostile.py; its exit status decides."""

    def act(self, context):
        kind = context.build.parameters["KIND"]
        end = context.execute(
            [PYTHON, HOSTILE, kind, self.base],
            env={**os.environ, **context.build.parameters},
        )
        if end.status:
            return model.Result.failure(f"it ended with {end.status}")
        return super().act(context)
