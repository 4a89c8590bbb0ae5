"""The shelf of environments: each complete or absent, made once.

``FOLDER/KEY`` is an environment when its manifest is there, which is written
last.  Each build that makes or uses it holds ``KEY.lock`` shared, and who
removes it exclusively, so that it is not removed under a build's feet; only
one at a time makes it, who holds ``KEY.making``.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST = "environment.json"
USED, MAKING = "lock", "making"
KEPT = 20
"""Environments that are kept when nobody uses them."""

YOUNG = 24 * 3600
"""Seconds since its last use in which one is not removed."""


class Shelf:
    """The folder that all builds of a worker share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)

    def place(self, key: str) -> Path:
        """Return where the environment of that key is."""
        return self.folder / key

    def manifest(self, key: str) -> dict[str, Any] | None:
        """Return the manifest of a complete environment."""
        try:
            with (self.place(key) / MANIFEST).open(encoding="utf-8") as file:
                manifest: dict[str, Any] = json.load(file)
                return manifest
        except (OSError, ValueError):
            return None

    def complete(self, key: str, manifest: dict[str, Any]) -> None:
        """Write the manifest: from now on the environment is there."""
        place = self.place(key)
        part = place / f"{MANIFEST}.part"
        part.write_text(json.dumps(manifest), encoding="utf-8")
        part.rename(place / MANIFEST)

    def used(self, key: str) -> None:
        """Remember that it is used now."""
        with contextlib.suppress(OSError):  # a read-only state directory
            os.utime(self.place(key) / MANIFEST)

    def lock(self, key: str, how: int, what: str = USED) -> int:
        """Lock a key; the lock lives as long as the descriptor returned.

        Raises BlockingIOError with LOCK_NB when another has it.
        """
        path = self.folder / f"{key}.{what}"
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(descriptor, how)
                with contextlib.suppress(FileNotFoundError):
                    if os.path.samestat(os.fstat(descriptor), path.stat()):
                        return descriptor
            except BaseException:  # also a cancel: the lock must not stay
                os.close(descriptor)
                raise
            os.close(descriptor)  # it was removed while we waited

    def remove(self, key: str) -> None:
        """Remove an environment, or half of one, that nobody uses."""
        place = self.place(key)
        if not place.exists():
            return
        with contextlib.suppress(FileNotFoundError):
            (place / MANIFEST).unlink()
        for folder, _folders, _files in os.walk(place):
            Path(folder).chmod(0o755)
        shutil.rmtree(place)

    def prune(self, kept: int = KEPT, young: float = YOUNG) -> list[str]:
        """Remove the least recently used beyond ``kept``, and the halves.

        What a build uses is not touched.  Returns the keys removed.
        """
        ages = sorted(self._ages(), reverse=True)
        old = time.time() - young
        removed = []
        for at, (used, key) in enumerate(ages):
            if used and (at < kept or used > old):
                continue
            try:
                lock = self.lock(key, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            try:
                if used or self.manifest(key) is None:
                    self.remove(key)
                    for what in (MAKING, USED):  # the one we hold at last
                        path = self.folder / f"{key}.{what}"
                        path.unlink(missing_ok=True)
                    removed.append(key)
            finally:
                os.close(lock)
        return removed

    def _ages(self) -> Iterator[tuple[float, str]]:
        """Yield each environment with its last use; 0: it is a half."""
        for place in self.folder.iterdir():
            if place == self.cache or not place.is_dir():
                continue
            try:
                yield (place / MANIFEST).stat().st_mtime, place.name
            except FileNotFoundError:
                yield 0.0, place.name
