"""What a command's end means for the change."""

from __future__ import annotations

import signal

from turbo_hipster import exceptions, model, task
from turbo_hipster_shell_script.said import Said

COULD_NOT_JUDGE = 75
"""EX_TEMPFAIL of sysexits.h: try again later."""


def judge(ended: task.Exit, message: str, said: Said) -> model.Result:
    """Return SUCCESS or FAILURE; raise CannotJudge if the command said so.

    ``message`` comes from TH_RESULT_FILE and speaks only of a failure;
    ``said`` comes from TH_RESULT_JSON.  A finding in it that fails the
    change needs no word here: the house does not let such a build pass.
    """
    if said.cannot_judge or ended.status == COULD_NOT_JUDGE:
        words = (message, *said.sentences, "The command could not judge")
        raise exceptions.CannotJudge(next(filter(None, words)))
    if ended.status != 0:
        words = (message, *said.sentences, describe(ended.status))
        return model.Result.failure(*filter(None, words))
    return model.Result.success(*said.sentences)


def describe(status: int) -> str:
    """Say how a command ended that did not end well.

    A shell whose last command is ended by signal N ends with 128 + N.
    """
    if status < 0:
        return f"The test script was ended by {signal_name(-status)}"
    text = f"Return code from test script was non-zero ({status})"
    if status == 126:
        return f"{text}: the command is not executable"
    if status == 127:
        return f"{text}: a command was not found"
    if status - 128 in set(signal.Signals):
        return f"{text}: ended by {signal_name(status - 128)}"
    return text


def signal_name(number: int) -> str:
    """Return a signal's name, such as SIGSEGV."""
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal between the first and the last
        return f"signal {number}"
