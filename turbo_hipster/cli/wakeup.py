"""Ctrl-C as something that can be waited for."""

from __future__ import annotations

import os
import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Counts SIGINT and SIGTERM while its ``with`` block lasts.

    ``fileno`` is readable after one until ``taken`` is called.  Must be used
    in the main thread.
    """

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> Interrupts:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._before = {
            number: signal.signal(number, self._heard) for number in SIGNALS
        }
        return self

    def __exit__(self, *ignored: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._reader)
        os.close(self._writer)

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self._reader

    def taken(self) -> None:
        """Make ``fileno`` wait for the next one."""
        try:
            os.read(self._reader, 4096)
        except BlockingIOError:
            return

    def wait(self) -> None:
        """Wait for the next one."""
        os.set_blocking(self._reader, True)
        os.read(self._reader, 4096)
        os.set_blocking(self._reader, False)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        try:
            os.write(self._writer, b"x")
        except BlockingIOError:
            return
