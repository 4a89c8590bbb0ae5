"""The sha256 of a seed, computed once for a file that does not change."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

from turbo_hipster_databases.exceptions import SeedRefused

RECORD = "seeds.json"
SETTLED = 2.0
"""Seconds after which a file's times tell whether it was changed."""
REMEMBERED = 200


def sha256(seed: Path, folder: Path) -> str:
    """Return the digest of a file; ``folder`` keeps what was computed.

    Raises SeedRefused when it cannot be read.
    """
    try:
        status = seed.stat()
        signs = [
            status.st_dev, status.st_ino, status.st_size,
            status.st_mtime_ns, status.st_ctime_ns,
        ]  # fmt: skip
        known = _known(folder)
        name = str(seed.absolute())
        if known.get(name, [])[:-1] == signs:
            return str(known[name][-1])
        with seed.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SeedRefused(f"the seed cannot be read: {error}") from error
    if time.time() - max(status.st_mtime, status.st_ctime) > SETTLED:
        known.pop(name, None)
        known[name] = [*signs, digest]
        _remember(folder, known)
    return digest


def names(folder: Path) -> dict[str, str]:
    """Return the names of the files that ``folder`` knows, by digest."""
    return {
        str(row[-1]): Path(path).name
        for path, row in _known(folder).items()
        if row
    }


def _known(folder: Path) -> dict[str, list[int | str]]:
    """Return what was computed; a record that is damaged is none."""
    try:
        told = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return {name: list(row) for name, row in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _remember(folder: Path, known: dict[str, list[int | str]]) -> None:
    new = folder / f".seeds.{os.getpid()}.{time.monotonic_ns()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        new.write_text(json.dumps(dict(list(known.items())[-REMEMBERED:])))
        new.replace(folder / RECORD)
    except OSError:  # a disk that is full is told by what needs the room
        new.unlink(missing_ok=True)
