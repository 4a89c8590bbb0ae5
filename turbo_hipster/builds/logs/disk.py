"""Patience with a disk that is full.

What cannot be written is remembered, up to REMEMBERED bytes, and tried again
every RETRY seconds; what comes beyond is counted.  Once there is room again
the log goes on with a line that says how many bytes are missing there.
"""

from __future__ import annotations

from turbo_hipster.builds.logs.stamps import Stamps
from turbo_hipster.builds.logs.store import Store

#: Bytes of memory for text that the disk does not take.
REMEMBERED = 1024 * 1024

#: Seconds between two tries.
RETRY = 1.0


class Disk:
    """Writes to a Store, now or later; raises nothing.

    ``total`` counts the bytes given, ``lost`` those that are given up.
    """

    def __init__(self, store: Store, stamps: Stamps) -> None:
        self._store = store
        self._stamps = stamps
        self._blocked = False
        self._tried = 0.0
        self._later = bytearray()
        self._missing = 0  # bytes given up, of which no line tells yet
        self._missing_ends_in_line = False
        self.total = 0
        self.lost = 0

    def write(self, text: bytes, now: float) -> None:
        """Take text of the log."""
        self.total += len(text)
        self.tick(now)
        if self._missing and not self._blocked:
            text = self._resume(text, now)
        if not self._blocked:
            text = text[self._append(text, now) :]
        self._keep(text)

    def tick(self, now: float) -> float | None:
        """Try again if it is time.

        Returns the seconds until the next try; None: nothing waits.
        """
        if not self._blocked:
            return None
        # a clock that was set back is no reason to wait
        if not self._tried <= now < self._tried + RETRY:
            self._try(now)
            if not self._blocked:
                return None
        return self._tried + RETRY - now

    def close(self, now: float) -> None:
        """Try a last time; what is not written then is lost."""
        self._try(now)
        if self._missing and not self._blocked:
            self._append(self._gap(now), now)
        self.lost += len(self._later)
        self._later.clear()

    def _append(self, text: bytes, now: float) -> int:
        done = self._store.append(text)
        if done < len(text):
            self._blocked = True
            self._tried = now
        return done

    def _try(self, now: float) -> None:
        self._blocked = False
        del self._later[: self._append(bytes(self._later), now)]

    def _keep(self, text: bytes) -> None:
        """Remember what cannot be written now, or give it up."""
        if not self._missing:
            room = REMEMBERED - len(self._later)
            if len(text) > room:  # as many whole lines as fit
                room = text.rfind(b"\n", 0, max(room, 0)) + 1
            self._later += text[:room]
            text = text[room:]
        self._miss(text)

    def _miss(self, text: bytes) -> None:
        if text:
            self._missing += len(text)
            self.lost += len(text)
            self._missing_ends_in_line = not text.endswith(b"\n")

    def _resume(self, text: bytes, now: float) -> bytes:
        """Go on after a gap: with a line that tells, and whole lines."""
        if self._missing and self._missing_ends_in_line:
            end = text.find(b"\n") + 1 or len(text)
            self._miss(text[:end])
            text = text[end:]
        if self._missing and not self._missing_ends_in_line:
            gap = self._gap(now)
            if self._append(gap, now) == len(gap):
                self._missing = 0
        return text

    def _gap(self, now: float) -> bytes:
        why = self._store.error.strerror if self._store.error else "no room"
        newline = b"" if self._store.at_line_start else b"\n"
        sentence = f" [log] {self._missing} bytes were lost here: {why}\n"
        return newline + self._stamps(now) + sentence.encode()
