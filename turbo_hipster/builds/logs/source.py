"""One source of a log: a command's output, or a file that is watched."""

from __future__ import annotations

from collections.abc import Callable

from turbo_hipster.builds.logs.recent import Recent
from turbo_hipster.builds.logs.redaction import Redaction
from turbo_hipster.builds.logs.stamps import Stamps
from turbo_hipster.builds.logs.turns import CONTINUED, Turn, Turns


class Source:
    """Redacts and stamps what it is fed; made by ``Log.source``.

    A line bears the time at which its first byte came.
    """

    def __init__(
        self,
        tag: bytes,
        turns: Turns,
        redaction: Redaction,
        stamps: Stamps,
        clock: Callable[[], float],
        done: Callable[[Source], None],
    ) -> None:
        self._tag = b" [" + tag + b"] "
        self._turns = turns
        self._turn = Turn()
        self._redaction = redaction
        self._stamps = stamps
        self._clock = clock
        self._done = done
        self._recent = Recent()
        self._at_line_start = True
        self.lines = 0

    def feed(self, data: bytes) -> None:
        """Take a piece as it was read."""
        text = self._redaction.feed(data)
        if text:
            self._show(text)

    def end_line(self) -> None:
        """Release what is held back and end a partial line; more may come."""
        text = self._redaction.finish()
        if text:
            self._show(text)
        if not self._at_line_start:
            self._at_line_start = True
            if self._turn.broken:  # a newline of ours ended it already
                self._turn.broken = False
            else:
                self.lines += 1
                self._turns.say(self._turn, b"\n", self._clock())

    def finish(self) -> None:
        """Take no more: release what is held, end a partial line."""
        self.end_line()
        self._done(self)

    def tail(self) -> str:
        """Return the last 64 KiB of the text: redacted, without stamps."""
        return bytes(self._recent).decode("utf-8", "replace")

    def _show(self, text: bytes) -> None:
        self._recent.add(text)
        now = self._clock()
        stamp = self._stamps(now) + self._tag
        stamped = text.replace(b"\n", b"\n" + stamp)
        # as many stamps as newlines: the growth tells the number of lines
        self.lines += (len(stamped) - len(text)) // len(stamp)
        ended = text.endswith(b"\n")
        if ended:
            stamped = stamped[: -len(stamp)]
        if self._at_line_start:
            stamped = stamp + stamped
        elif self._turn.broken:
            stamped = stamp + CONTINUED + stamped
            self._turn.broken = False
        self._at_line_start = ended
        self._turns.say(self._turn, stamped, now)
