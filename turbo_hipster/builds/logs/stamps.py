"""The stamp of a line: local time with milliseconds, as the field knows it."""

from __future__ import annotations

import time


class Stamps:
    """Makes ``2013-11-22 21:42:45,908``, a millisecond's text only once."""

    LENGTH = 23

    def __init__(self) -> None:
        self._millisecond = -1
        self._second = -1
        self._date = ""
        self._text = b""

    def __call__(self, now: float) -> bytes:
        """Return the stamp of ``now``, seconds since the epoch."""
        # a float's 45.908 may lie a hair below: it is still 908
        millisecond = int(now * 1000 + 0.001)
        if millisecond != self._millisecond:
            second, rest = divmod(millisecond, 1000)
            if second != self._second:
                local = time.localtime(second)
                self._date = time.strftime("%Y-%m-%d %H:%M:%S", local)
                self._second = second
            self._millisecond = millisecond
            self._text = f"{self._date},{rest:03d}".encode()
        return self._text
