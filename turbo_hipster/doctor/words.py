"""What a check tells."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable


class State(enum.IntEnum):
    """How it looks; the number is the exit status of a program."""

    OK = 0
    WARN = 1
    FAIL = 2

    @property
    def word(self) -> str:
        """Its name as readers and programs see it."""
        return self.name.lower()


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """One sentence of a check, and the next move where there is one."""

    check: str
    state: State
    sentence: str
    advice: str = ""

    def plain(self) -> dict[str, str]:
        """Return it for programs."""
        return {
            "check": self.check,
            "state": self.state.word,
            "sentence": self.sentence,
            "advice": self.advice,
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """A check to be made: its name, where its function is, its limit.

    ``argument`` is what it is about, where there are several of a kind;
    ``seconds`` is how long it may take before it is ended.
    """

    name: str
    target: str
    argument: str = ""
    seconds: float = 30.0


def worst(told: Iterable[Told]) -> State:
    """Return the worst state of all; OK when nothing was told."""
    return max((one.state for one in told), default=State.OK)
