"""The program of one check.

    python -P -m turbo_hipster.doctor.inside ANSWER < question.json

ANSWER is a pipe of lines of JSON: ``{"told": [state, sentence, advice]}`` for
each thing found, ``{"raised": …}`` for what nobody foresaw, and at last
``{"over": true}``.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import traceback
from types import TracebackType
from typing import Any

from turbo_hipster.doctor.patient import Patient
from turbo_hipster.doctor.words import State


class Answer:
    """The pipe to who asked; what a check prints goes elsewhere."""

    def __init__(self, handle: int) -> None:
        os.set_inheritable(handle, False)
        self._handle = handle
        self._process = os.getpid()

    def tell(self, state: State, sentence: str, advice: str) -> None:
        """Pass on one thing that was found."""
        self.say(told=[int(state), _line(sentence), _line(advice)])

    def say(self, **what: Any) -> None:
        """Write one line, unless a fork brought us here."""
        if os.getpid() != self._process:
            os._exit(0)
        line = json.dumps(what).encode() + b"\n"
        while line:
            line = line[os.write(self._handle, line) :]

    def raised(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Tell what nobody caught, as sys.excepthook."""
        words = traceback.format_exception_only(kind, error)
        self.say(raised=_line("".join(words)))


def _line(text: object) -> str:
    return " ".join(str(text).split())


def main() -> None:
    """Make one check."""
    question = json.load(sys.stdin.buffer)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer = Answer(int(sys.argv[1]))
    sys.excepthook = answer.raised
    answer.say(begun=True)
    module, _, name = question.pop("target").partition(":")
    patient = Patient(answer.tell, **question)
    getattr(importlib.import_module(module), name)(patient)
    answer.say(over=True)
    # a thread that a plugin left must not keep us
    os._exit(0)


if __name__ == "__main__":
    main()
