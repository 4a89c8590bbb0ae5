"""Real commands for a task in a test: captured, watched, tree-killed."""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from turbo_hipster import exceptions
from turbo_hipster.plugins.guarded import Guarded
from turbo_hipster.task import Exit

TAIL = 64 * 2**10
LOOK = 0.05
"""Seconds between two looks at watched files."""


class Log:
    """What the author of the change would read; safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: list[str] = []

    def write(self, source: str, text: str) -> None:
        """Add a line, as ``[source] text``."""
        with self._lock:
            self._lines.append(f"[{source}] {text}")

    def text(self) -> str:
        """Return all lines so far."""
        with self._lock:
            return "".join(f"{line}\n" for line in self._lines)


class Lines:
    """Cuts a stream into lines of the log; the last may lack its newline."""

    def __init__(self, log: Log, source: str) -> None:
        self._log, self._source, self._rest = log, source, b""

    def feed(self, data: bytes) -> None:
        """Take a piece of the stream."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._log.write(self._source, line.decode(errors="replace"))

    def end(self) -> None:
        """Show what came after the last newline."""
        if self._rest:
            self.feed(b"\n")


class Watched:
    """A file whose new bytes are shown; it need not exist yet."""

    def __init__(self, path: Path, lines: Lines) -> None:
        self._path, self._lines = path, lines
        self._seen = path.stat().st_size if path.is_file() else 0

    def look(self) -> None:
        """Show what is new."""
        if not self._path.is_file():
            return
        with self._path.open("rb") as file:
            file.seek(self._seen)
            data = file.read()
        self._seen += len(data)
        self._lines.feed(data)

    def end(self) -> None:
        """Show the rest."""
        self.look()
        self._lines.end()


class Command:
    """A command at work; what it writes goes to the log at once.

    A thread, ``capture of PID``, reads its output.  It ends with the command,
    whose whole tree is killed then.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log: Log,
        *,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        watch: Mapping[str, Path] | None = None,
    ) -> None:
        self._started = time.monotonic()
        self._log = log
        self._tail = b""
        self._exit: Exit | None = None
        self.left = 0
        self._watched = [
            Watched(cwd / path, Lines(log, name))
            for name, path in (watch or {}).items()
        ]
        self._output, output = os.pipe()
        try:
            self._guarded = Guarded(
                argv,
                output=output,
                cwd=cwd,
                env=env,
                user=(user or "") if os.geteuid() == 0 else "",
            )
        except exceptions.CommandFailed:
            os.close(self._output)
            raise
        finally:
            os.close(output)
        self.pid = self._guarded.pid
        self._thread = threading.Thread(
            target=self._capture, name=f"capture of {self.pid}"
        )
        self._thread.start()

    def wait(self, timeout: float | None = None) -> Exit | None:
        """Wait for its end, at most ``timeout`` seconds; None: it lives."""
        if self._exit is None:
            ended = self._guarded.wait(timeout)
            if ended is None:
                return None
            self._thread.join()
            self.left = ended.left
            self._exit = Exit(
                ended.status,
                time.monotonic() - self._started,
                tail=self._tail.decode(errors="replace"),
            )
        return self._exit

    def stop(self, grace: float = 0) -> Exit:
        """End its whole tree: TERM, ``grace`` seconds, KILL; then verify."""
        self._guarded.ask_to_end(grace)
        ended = self.wait()
        assert ended is not None
        return ended

    def _capture(self) -> None:
        lines = Lines(self._log, "output")
        timeout = LOOK if self._watched else None
        while True:
            ready, _, _ = select.select([self._output], [], [], timeout)
            for watched in self._watched:
                watched.look()
            if not ready:
                continue
            data = os.read(self._output, 65536)
            if not data:
                break
            self._tail = (self._tail + data)[-TAIL:]
            lines.feed(data)
        lines.end()
        for watched in self._watched:
            watched.end()
        os.close(self._output)
