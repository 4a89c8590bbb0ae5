"""Short folders outside the build's own, for what cannot lie there.

The path of a socket has 107 bytes at most, and a server's user can enter no
folder of root's where nothing can be mounted.  Each nook is recorded in the
library's home by a file of its name, which its owner holds locked: a file
that can be locked belongs to a build that is gone, and whoever makes the next
nook removes both.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import shutil
from pathlib import Path

from turbo_hipster_databases.servers.accounts import give

PLACE = Path("/tmp")  # noqa: S108 - short, and everybody may enter it
NAME = re.compile(r"th-[0-9a-f]{12}")


class Nook:
    """A short 0700 folder of the account, until it is removed."""

    def __init__(self, records: Path, account: str) -> None:
        records.mkdir(mode=0o700, exist_ok=True)
        sweep(records)
        name = f"th-{secrets.token_hex(6)}"
        self.folder = PLACE / name
        self._record = records / name
        self._lock = _locked(self._record)
        self.folder.mkdir(mode=0o700)
        give(self.folder, account)

    def remove(self) -> None:
        """Remove the folder and all in it, then its record."""
        if self._lock >= 0:
            _remove(self._record)
            os.close(self._lock)
            self._lock = -1


def sweep(records: Path) -> None:
    """Remove the nooks whose builds are gone."""
    for record in records.iterdir():
        with contextlib.suppress(FileNotFoundError, BlockingIOError):
            lock = os.open(record, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if NAME.fullmatch(record.name):
                    _remove(record)
            finally:
                os.close(lock)


def _remove(record: Path) -> None:
    shutil.rmtree(PLACE / record.name, ignore_errors=True)
    record.unlink(missing_ok=True)


def _locked(record: Path) -> int:
    """Make a record and return its lock; a sweep may come in between."""
    while True:
        lock = os.open(record, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            if record.stat().st_ino == os.fstat(lock).st_ino:
                return lock
        os.close(lock)
