"""What the doctor hands to a check, as far as this library needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Patient(Protocol):
    """A configuration, and a place to tell what was found."""

    @property
    def state_dir(self) -> Path:
        """The worker's folder; it need not exist yet."""

    @property
    def jobs(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """The text of each enabled job's section: options and lines."""

    def ok(self, sentence: str) -> None:
        """Tell that something is sound."""

    def warn(self, sentence: str, advice: str) -> None:
        """Tell what may go wrong, and the next move."""

    def fail(self, sentence: str, advice: str) -> None:
        """Tell what will go wrong, and the next move."""


def words(lines: Sequence[str]) -> list[str]:
    """Return the words of an option that is a list."""
    return [
        word.strip()
        for line in lines
        for word in line.split(",")
        if word.strip()
    ]
