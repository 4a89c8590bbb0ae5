"""The program of a probe: import one plugin and answer in plain data.

    python -P -m turbo_hipster.plugins.inside ANSWER < request.json

ANSWER is a pipe of lines of JSON: the phase that begins (``{"phase": …}``),
and at last ``{"answer": …}``, ``{"refused": …}`` for what we find wrong with
the plugin or its section, or ``{"raised": …}`` for what it raises itself.  A
plugin that ends this process has had its phase told already.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import resource
import sys
import time
import traceback
from types import TracebackType
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.plugins import examine, process


class Answer:
    """The private pipe to the asker; the plugin's prints go elsewhere."""

    def __init__(self, handle: int) -> None:
        os.set_inheritable(handle, False)
        self.handle = handle
        self.process = os.getpid()

    def say(self, **what: Any) -> None:
        """Write one line, unless a plugin's fork brought us here."""
        if os.getpid() != self.process:
            os._exit(0)
        line = json.dumps(what).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self.handle, line) :]
        except OSError:  # the plugin closed it
            os._exit(process.CLOSED)

    def raised(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Tell what nobody caught, as sys.excepthook."""
        words = traceback.format_exception_only(kind, error)
        traceback.print_exception(kind, error, trace)
        self.say(raised=" ".join("".join(words).split()))


def main() -> None:
    """Answer one request; leave before the plugin can object."""
    request = json.load(sys.stdin.buffer)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    printed = sys.stdout
    answer = Answer(int(sys.argv[1]))
    sys.excepthook = answer.raised
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable()
    rest = request.pop("deadline") - time.monotonic()
    faulthandler.dump_traceback_later(max(0.01, rest * 0.8))
    try:
        answer.say(answer=examine.examine(request, answer.say))
    except exceptions.TurboHipsterError as error:
        answer.say(refused=[type(error).__name__, str(error)])
    with contextlib.suppress(OSError, ValueError):  # closed by the plugin
        printed.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
