"""Tasks that end in every way but the right one."""

import ctypes
import os
import signal
import sys

from tasks.stage import Specimen
from turbo_hipster import model


class Exits(Specimen):
    def act(self, context):
        sys.exit(3)


class Vanishes(Specimen):
    def act(self, context):
        os._exit(0)


class Segfaults(Specimen):
    def act(self, context):
        ctypes.string_at(1)


class Asserts(Specimen):
    def act(self, context):
        raise AssertionError("I doubt it")


class RaisesBase(Specimen):
    def act(self, context):
        raise BaseException("of the lowest kind")


class Interrupts(Specimen):
    def act(self, context):
        raise KeyboardInterrupt


class RaisesUnprintable(Specimen):
    def act(self, context):
        class Unprintable(Exception):
            def __str__(self):
                raise RuntimeError("not even this")

        raise Unprintable


class ReturnsText(Specimen):
    def act(self, context):
        return "SUCCESS"


class ReturnsNothing(Specimen):
    def act(self, context):
        return None


class ReturnsAborted(Specimen):
    def act(self, context):
        return model.Result(model.Verdict.ABORTED)


class LeavesAResultAndDies(Specimen):
    def act(self, context):
        (self.root / "result.json").write_text(
            '{"kind": "judged", "verdict": "SUCCESS", "sentences": []}'
        )
        os.kill(os.getpid(), signal.SIGKILL)


class ForksAndDies(Specimen):
    """The child comes back and says SUCCESS; we die afterwards."""

    def act(self, context):
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            os.kill(os.getpid(), signal.SIGSEGV)
        return super().act(context)


class ForksAndPauses(Specimen):
    """The child comes back; we go on when it is gone, and look."""

    def act(self, context):
        child = os.fork()
        if child == 0:
            return super().act(context)
        os.waitpid(child, 0)
        if (self.root / "result.json").exists():
            return model.Result.failure("the child left a result")
        return super().act(context)
