"""One log of a build: a file that several sources write, line by line."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from turbo_hipster.builds.logs.disk import Disk
from turbo_hipster.builds.logs.redaction import Redactor, as_bytes
from turbo_hipster.builds.logs.source import Source
from turbo_hipster.builds.logs.stamps import Stamps
from turbo_hipster.builds.logs.store import Store
from turbo_hipster.builds.logs.turns import Turn, Turns


class LogEnd(NamedTuple):
    """What became of a log.

    ``total`` is the size, in bytes, of the whole log; ``left_out`` of it were
    left out because of the limit, ``lost`` could not be written for the
    reason ``error``; ``lines`` counts the lines of the whole log.
    """

    total: int
    left_out: int = 0
    lost: int = 0
    lines: int = 0
    error: str = ""


class Log:
    """Writes lines like ``2013-11-22 21:42:45,908 [output] text``.

    ``limit`` is in bytes: of a longer log the head and the tail are kept, and
    a line between them says how much was left out.  ``secrets`` are hidden
    (see Redactor).  An existing file is continued.  Raises OSError when the
    file cannot be opened; afterwards nothing is raised.
    """

    def __init__(
        self,
        path: Path,
        *,
        limit: int,
        secrets: Sequence[bytes | str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._redactor = Redactor(secrets)
        self._stamps = Stamps()
        self._store = Store(path, limit)
        self._disk = Disk(self._store, self._stamps)
        self._turns = Turns(self._disk.write)
        self._own = Turn()
        self._sources: dict[Source, None] = {}
        self._lines = 0
        self._end: LogEnd | None = None
        if not self._store.at_line_start:  # somebody was interrupted
            self._disk.write(b"\n", clock())

    def source(self, tag: str = "output") -> Source:
        """Add a source, whose lines are marked ``[tag]``."""
        source = Source(
            self._text(tag),
            self._turns,
            self._redactor.stream(),
            self._stamps,
            self._clock,
            self._finished,
        )
        self._sources[source] = None
        return source

    @property
    def size(self) -> int:
        """Bytes of the whole log so far."""
        return self._disk.total

    def note(self, tag: str, text: str = "") -> None:
        """Write a whole line of ours: ``[tag] text``, or ``[tag]`` alone."""
        now = self._clock()
        line = b"%s [%s] %s" % (
            self._stamps(now),
            self._text(tag),
            self._text(text),
        )
        self._lines += 1
        self._turns.say(self._own, line.rstrip(b" ") + b"\n", now)

    def heartbeat(self) -> None:
        """Write that a command is silent but lives."""
        self.note("heartbeat")

    def timed_out(self) -> None:
        """Write that a command was ended because its time was over."""
        self.note("timeout")

    def exit_code(self, status: int) -> None:
        """Write how a script ended."""
        self.note(f"script exit code = {status}")

    def tick(self) -> float | None:
        """Do what is due: break a line others wait for, try a full disk.

        Returns the seconds until it is to be called again; None: not before
        more is fed.  Call it after a round of feeding, and when due.
        """
        now = self._clock()
        due = [self._turns.tick(now), self._disk.tick(now)]
        return min((x for x in due if x is not None), default=None)

    def close(self) -> LogEnd:
        """Finish all sources and the file; a second call does nothing."""
        if self._end is None:
            for source in list(self._sources):
                source.finish()
            self._disk.close(self._clock())
            left_out = self._store.close()
            error = self._store.error
            self._end = LogEnd(
                self._disk.total,
                left_out,
                self._disk.lost,
                self._lines + self._turns.breaks,
                (error.strerror or str(error)) if error else "",
            )
        return self._end

    def _finished(self, source: Source) -> None:
        if source in self._sources:
            del self._sources[source]
            self._lines += source.lines

    def _text(self, text: str) -> bytes:
        return as_bytes(self._redactor.clean(text)).replace(b"\n", b" ")
