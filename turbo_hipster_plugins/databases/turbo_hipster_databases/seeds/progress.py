"""How far a long load has come, told to the author of the change."""

from __future__ import annotations

import logging
import time
from pathlib import Path

EVERY = 5.0
"""Seconds between two words; a load that is shorter says nothing."""


class Progress:
    """Counts the bytes of a seed as they are read."""

    def __init__(self, log: logging.Logger, seed: Path) -> None:
        self._log = log
        self._name = seed.name
        self._total = max(1, seed.stat().st_size)
        self._read = 0
        self._began = self._said = time.monotonic()

    def __call__(self, count: int) -> None:
        """Take note of ``count`` further bytes."""
        self._read += count
        now = time.monotonic()
        if now - self._said >= EVERY:
            self._said = now
            self._log.info(
                "%s: %d %% of %d MiB read in %.0f s",
                self._name,
                100 * self._read // self._total,
                self._total // 2**20,
                now - self._began,
            )
