"""Live progress: one rewritten line on a terminal, else plain ones."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

CLEAR = "\r\x1b[K"


class Progress:
    """Show what a build is doing and for how long."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._began = time.monotonic()
        self._shown = ""

    def say(self, text: str) -> None:
        """Write a line that stays."""
        self._clear()
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def show(self, text: str) -> None:
        """Show the present state; on a terminal it replaces the last one."""
        if not self._live:
            if text != self._shown:
                self._shown = text
                self.say(f"[{self.elapsed()}] {text}")
            return
        self._shown = text
        self.refresh()

    def refresh(self) -> None:
        """Bring the elapsed time of the present state up to date."""
        if not self._live or not self._shown:
            return
        width = shutil.get_terminal_size().columns - 1
        line = f"{self.elapsed()}  {self._shown}"[:width]
        self._stream.write(f"{CLEAR}{line}")
        self._stream.flush()

    def end(self) -> None:
        """Leave no half line behind."""
        self._clear()
        self._shown = ""

    def elapsed(self) -> str:
        """Return the time since the beginning, ``m:ss``."""
        seconds = int(time.monotonic() - self._began)
        return f"{seconds // 60}:{seconds % 60:02d}"

    def _clear(self) -> None:
        if self._live and self._shown:
            self._stream.write(CLEAR)
            self._stream.flush()
