"""Trying again: 1, 2, 4, 8 … seconds apart with jitter, to the deadline."""

from __future__ import annotations

import random
from collections.abc import Callable

from turbo_hipster.exceptions import FetchFailed
from turbo_hipster.git.door import Exit, Git
from turbo_hipster.git.trouble import Trouble, diagnose, reason

LONGEST = 30.0  # seconds between two tries
MOST = 8  # tries when there is no deadline


class Failed(FetchFailed):
    """git failed and waiting does not help; ``trouble`` says what may."""

    def __init__(self, text: str, trouble: Trouble) -> None:
        super().__init__(text)
        self.trouble = trouble


def failed(what: str, ended: Exit, *, here: bool = False) -> Failed:
    """The error for a git that ended badly; ``what``: "fetch x from y"."""
    trouble = diagnose(ended, here=here)
    text = f"could not {what}: {reason(ended)}; {trouble.value}"
    return Failed(text, trouble)


def patiently(
    git: Git, what: str, attempt: Callable[[], Exit], most: int | None = None
) -> Exit:
    """Do ``attempt`` until git succeeds, and return how it ended.

    A failing network is tried until the deadline, a missing ref, project
    or right once more (servers copy each other with a delay), anything else
    not at all.  ``most`` tries at all.  Raises Failed.
    """
    tries = 0
    while True:
        ended = attempt()
        tries += 1
        if ended.status == 0 and not ended.timed_out:
            return ended
        trouble = diagnose(ended)
        jitter = random.uniform(0.75, 1.25)  # noqa: S311
        wait = min(LONGEST, 2.0 ** (tries - 1)) * jitter
        left = git.left()
        if tries >= _allowed(trouble, left, most):
            raise failed(_often(what, tries), ended)
        if left is not None and left <= wait:
            raise failed(_often(what, tries), ended)
        git.log.warning(
            "could not %s: %s; trying again in %.1f s",
            what,
            reason(ended),
            wait,
        )
        git.pause(wait)


def _allowed(trouble: Trouble, left: float | None, most: int | None) -> float:
    if trouble is Trouble.GONE:
        return 2
    if trouble is not Trouble.NETWORK:
        return 1
    if most is not None:
        return most
    return MOST if left is None else float("inf")


def _often(what: str, tries: int) -> str:
    return f"{what} in {tries} tries" if tries > 1 else what
