"""Whole lines of several sources, one after the other in one file.

The source that began a line owns it.  The text of others waits until the line
ends, at most PATIENCE seconds and MOST bytes; then the open line is broken
with a newline, and its source goes on, when it does, on a new stamped line
that starts with CONTINUED.
"""

from __future__ import annotations

from collections.abc import Callable

#: Seconds that text waits for another source's line to end.
PATIENCE = 1.0

#: Bytes that wait, of all sources together, before a line is broken at once.
MOST = 1024 * 1024

#: Follows the stamp and tag of a line whose beginning stands further up.
CONTINUED = b"[continued] "


class Turn:
    """A source's place: its text that waits, and whether it was broken."""

    def __init__(self) -> None:
        self.broken = False
        self.waiting = bytearray()
        self.since = 0.0


class Turns:
    """Decides whose text comes next; ``write(text, now)`` takes it."""

    def __init__(self, write: Callable[[bytes, float], None]) -> None:
        self._write = write
        self._owner: Turn | None = None
        # nobody waits while no line is open; the longest wait comes first
        self._queue: dict[Turn, None] = {}
        self._waiting = 0
        self.breaks = 0

    def say(self, turn: Turn, text: bytes, now: float) -> None:
        """Take stamped text that goes on where the turn's last one ended."""
        if self._owner is not None and self._owner is not turn:
            self._wait(turn, text, now)
        elif not self._queue:
            self._write(text, now)
            self._owner = None if text.endswith(b"\n") else turn
            return
        elif end := text.rfind(b"\n") + 1:
            self._write(text[:end], now)
            self._owner = None
            if end < len(text):
                self._wait(turn, text[end:], now)
            self._release(now)
        else:
            self._write(text, now)
        self.tick(now)

    def tick(self, now: float) -> float | None:
        """Break a line that is waited for too long.

        Returns the seconds until it is needed again; None: nobody waits.
        """
        while self._queue:
            first = next(iter(self._queue))
            if now < first.since:  # the clock was set back
                first.since = now
            left = first.since + PATIENCE - now
            if left > 0 and self._waiting <= MOST:
                return left
            self._break(now)
        return None

    def _break(self, now: float) -> None:
        if self._owner is not None:
            self._owner.broken = True
            self._owner = None
            self.breaks += 1
            self._write(b"\n", now)
        self._release(now)

    def _wait(self, turn: Turn, text: bytes, now: float) -> None:
        if turn not in self._queue:
            self._queue[turn] = None
            turn.since = now
        turn.waiting += text
        self._waiting += len(text)

    def _release(self, now: float) -> None:
        """Let out all whole lines, then the beginning of one line."""
        for turn in list(self._queue):
            self._let_out(turn, turn.waiting.rfind(b"\n") + 1, now)
        for turn in self._queue:
            self._let_out(turn, len(turn.waiting), now)
            self._owner = turn
            break

    def _let_out(self, turn: Turn, size: int, now: float) -> None:
        if size:
            text = bytes(turn.waiting[:size])
            del turn.waiting[:size]
            self._waiting -= size
            self._write(text, now)
        if not turn.waiting:
            del self._queue[turn]
