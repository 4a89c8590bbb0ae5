"""How a build ended, as its keeper saw it, and what that means."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from turbo_hipster import model
from turbo_hipster.builds.reading import read_plain
from turbo_hipster.builds.workspace import Workspace

LONGEST = 2**20

NO_ROOM = 74
"""Exit status of a build process that could not write; EX_IOERR."""

JUDGED = (model.Verdict.SUCCESS, model.Verdict.FAILURE)
"""What a task may say; the other verdicts are ours."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """A verdict with its sentences.

    ``final`` is an ERROR that a retry would not mend (refused input).
    """

    verdict: model.Verdict
    sentences: tuple[str, ...] = ()
    final: bool = False

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> Outcome:
        """Rebuild an outcome from plain data."""
        return cls(
            model.Verdict(data["verdict"]),
            tuple(data["sentences"]),
            data["final"],
        )


def aborted(reason: str) -> Outcome:
    """Somebody told us to end it."""
    return Outcome(
        model.Verdict.ABORTED, (f"The build was cancelled: {reason}",)
    )


def timed_out(what: str, seconds: float) -> Outcome:
    """The task went beyond a limit of the job."""
    return Outcome(
        model.Verdict.TIMED_OUT, (f"{what} more than {seconds:g} s",)
    )


def setup_too_long(seconds: float) -> Outcome:
    """Fetching and checking out went beyond its limit."""
    return error(
        f"fetching and checking out took more than {seconds:g} s "
        "(setup_timeout)"
    )


def too_many_processes(limit: int) -> Outcome:
    """The build multiplied beyond what it may."""
    return Outcome(
        model.Verdict.FAILURE,
        (
            f"The build had more than {limit} processes at a time and was "
            "stopped (process_limit)",
        ),
    )


def error(sentence: str) -> Outcome:
    """We could not judge."""
    return Outcome(model.Verdict.ERROR, (sentence,))


def lost(reason: str) -> Outcome:
    """The worker died, or the keeper did."""
    return error(f"LOST: {reason}. The log ends where the build did.")


def of_process(workspace: Workspace, status: int) -> Outcome:
    """Read how the build process ended; ``status`` is its exit status.

    Its last act is to leave with 0, so a result that lies there while it
    ended otherwise is somebody else's.
    """
    how = (
        f"was ended by signal {-status}"
        if status < 0
        else f"ended with status {status}"
    )
    nothing = error(f"The build process {how} before it had a result")
    if status == NO_ROOM:
        return error(
            "The build process could not write its result down: is the disk "
            "full?"
        )
    if status:
        return nothing
    try:
        return _told(json.loads(read_plain(workspace.result, LONGEST)))
    except FileNotFoundError:
        return nothing
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as wrong:
        return error(f"The build process left a result that is none: {wrong}")


def _told(end: dict[str, Any]) -> Outcome:
    sentences = tuple(str(one) for one in end["sentences"])
    match end["kind"]:
        case "judged":
            verdict = model.Verdict(end["verdict"])
            if verdict not in JUDGED:
                raise ValueError(f"{verdict.value} is not a task's to say")
            return Outcome(verdict, sentences)
        case "refused":
            return Outcome(model.Verdict.ERROR, sentences, final=True)
        case "error":
            return Outcome(model.Verdict.ERROR, sentences)
        case kind:
            raise ValueError(f"its kind is {kind!r}")
