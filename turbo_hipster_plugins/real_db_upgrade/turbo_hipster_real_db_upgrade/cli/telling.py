"""How far a long command has come, on standard error."""

from __future__ import annotations

import time
from typing import TextIO

EVERY = 2.0
"""Seconds between two words; what takes less says nothing."""


class Telling:
    """Says how much of something is done, now and then."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._said = time.monotonic()

    def rows(self, table: str, done: int, count: int) -> None:
        """Tell the rows of a table."""
        self._tell(f"{table}: {done:,} of {count:,} rows", done, count)

    def steps(self, what: str, done: int, count: int) -> None:
        """Tell the steps of something."""
        self._tell(f"{what}: {done} of {count}", done, count)

    def bytes(self, done: int, count: int) -> None:
        """Tell the bytes of a file."""
        text = f"{done // 2**20:,} of {count // 2**20:,} MiB copied"
        self._tell(text, done, count)

    def say(self, text: str) -> None:
        """Say what begins now."""
        self._said = time.monotonic()
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def _tell(self, text: str, done: int, count: int) -> None:
        if time.monotonic() - self._said >= EVERY:
            self.say(f"{text} ({100 * done // max(1, count)} %)")
