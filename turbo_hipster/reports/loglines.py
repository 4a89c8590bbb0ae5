"""A log's bytes as lines for the eye.

The format of a line is ``2013-11-22 21:42:45,908 [output] text``; lines that
look otherwise are shown as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from turbo_hipster.reports.visible import decoded, visible

LONGEST = 2000  # characters of a line that are shown

_FORM = re.compile(
    r"(\d{4}-\d\d-\d\d )(\d\d:\d\d:\d\d,\d{3} )(\[[^\]\n]{1,80}\] ?)?"
)


class Line(NamedTuple):
    """One line: its number, its stamp apart, and what was cut of it.

    ``since`` is the time since the log's first stamp (``+12.345 s``);
    ``cut`` the number of characters not shown.
    """

    number: int
    date: str
    time: str
    tag: str
    text: str
    since: str
    cut: int
    quiet: bool


class Reader:
    """Turns pieces of one log into lines; remembers its first stamp."""

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._first: datetime | None = None
        self._prefix = ""
        self._seconds = 0.0

    def lines(self, data: bytes, number: int) -> Iterator[Line]:
        """Yield the lines of ``data``; the first one has ``number``."""
        start, end = 0, len(data)
        while start < end:
            stop = data.find(b"\n", start)
            stop = end if stop < 0 else stop
            yield self._line(data[start:stop], number)
            start, number = stop + 1, number + 1

    def _line(self, data: bytes, number: int) -> Line:
        text = visible(decoded(data.removesuffix(b"\r")))
        cut = max(0, len(text) - self._longest)
        if cut:
            text = text[: self._longest]
        form = _FORM.match(text)
        if form is None:
            return Line(number, "", "", "", text, "", cut, False)
        date, time, tag = form.groups("")
        return Line(
            number, date, time, tag, text[form.end() :],
            self._since(date + time), cut, tag.startswith("[heartbeat]"),
        )  # fmt: skip

    def _since(self, stamp: str) -> str:
        """Say how long after the first stamp; calendars are slow, cache."""
        if stamp[:19] != self._prefix:
            try:
                now = datetime.fromisoformat(stamp[:19])
            except ValueError:
                return ""
            if self._first is None:
                milliseconds = int(stamp[20:23])
                self._first = now.replace(microsecond=milliseconds * 1000)
            self._prefix = stamp[:19]
            self._seconds = (now - self._first).total_seconds()
        seconds = self._seconds + int(stamp[20:23]) / 1000
        if seconds < 60:
            return f"{seconds:+.3f} s"
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(int(minutes), 60)
        return f"+{hours}:{minutes:02d}:{seconds:06.3f}"
