"""A project's mirror: the bare repository that all builds borrow from.

::

    STATE_DIR/git/NAME-HASH/
        lock        held (flock) by the one build that fetches
        current     link to the store in use
        1.git/      a store; one that broke keeps its place and its name
            borrowed    held (flock, shared) by each build that borrows
            SET-ASIDE   why it is not used any more

Checkouts read a store's objects through its path for as long as their build
runs.  So a store only grows: nothing in it is collected, pruned or repacked,
and one that broke is set aside where it is.  An older one that nobody
borrows from is removed when the next one breaks.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from turbo_hipster.exceptions import FetchFailed
from turbo_hipster.git.addresses import Address
from turbo_hipster.git.door import Git

_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"


class Loan:
    """While it is open, the store it was taken from is not removed.

    It ends with ``close`` or with the process.
    """

    def __init__(self, store: Path) -> None:
        self._fd: int | None = os.open(
            store / "borrowed", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        fcntl.flock(self._fd, fcntl.LOCK_SH)

    def close(self) -> None:
        """Give it back; may be called twice."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)


@dataclasses.dataclass(frozen=True, slots=True)
class Mirror:
    """The mirror of one project from one origin, below ``mirrors``."""

    mirrors: Path
    project: str
    origin: Address

    @property
    def folder(self) -> Path:
        """Its place: a readable name, and a hash that makes it its own."""
        key = f"{self.project}\0{self.origin.url}".encode()
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", self.project)[-80:]
        mark = hashlib.sha256(key).hexdigest()[:16]
        return self.mirrors / f"{name.lstrip('.-') or 'project'}-{mark}"

    @property
    def store(self) -> Path | None:
        """The store in use, by its lasting path; None before the first."""
        try:
            return self.folder / (self.folder / "current").readlink()
        except OSError:
            return None

    @contextlib.contextmanager
    def locked(self, git: Git) -> Iterator[Path]:
        """Be the only build that fetches; yields the store, made if need be.

        Waits until the deadline; then FetchFailed.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(
            self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        try:
            self._wait(fd, git)
            store = self.store
            yield store if store and store.is_dir() else self._new()
        finally:
            os.close(fd)

    def set_aside(self, store: Path, why: str, git: Git) -> None:
        """Stop using ``store``, and start an empty one.  Under the lock.

        Does nothing if another build has done it before.
        """
        if self.store != store:
            return
        git.log.error(
            "the mirror of %s is broken (%s): %s is set aside and a new one "
            "is fetched; look there for the cause, then remove it",
            self.project,
            why,
            store,
        )
        for old in self.folder.glob("*.git"):
            if old != store:
                _remove_unborrowed(old)
        if store.is_dir():
            (store / "SET-ASIDE").write_text(why + "\n")
        self._new()

    def tidy(self, store: Path, git: Git) -> int:
        """Remove lock files and half files of killed gits.  Under the lock.

        No git of ours writes to the store while we hold the lock.  Returns
        how many were removed.
        """
        removed = 0
        for folder, folders, files in os.walk(store):
            here = Path(folder)
            if here.name == "objects":
                folders[:] = [f for f in folders if f in ("info", "pack")]
            for name in files:
                if name.endswith(".lock") or name.startswith("tmp_"):
                    (here / name).unlink(missing_ok=True)
                    removed += 1
        if removed:
            git.log.warning(
                "removed %d lock or half-written files of a killed git from "
                "the mirror of %s",
                removed,
                self.project,
            )
        return removed

    def _wait(self, fd: int, git: Git) -> None:
        pause = 0.002
        waited = False
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                left = git.left()
            if left is not None and left <= pause:
                raise FetchFailed(
                    f"another build was fetching {self.project} until the "
                    "time for setting up was used up; the job's "
                    "setup_timeout sets it"
                )
            if pause > 0.1 and not waited:
                waited = True
                git.log.info(
                    "waiting for another build that is fetching %s",
                    self.project,
                )
            time.sleep(pause)
            pause = min(pause * 1.5, 0.25)

    def _new(self) -> Path:
        """Make an empty store and use it; each instant leaves a good state."""
        numbers = [int(p.stem) for p in self.folder.glob("[0-9]*.git")]
        store = self.folder / f"{max(numbers, default=0) + 1}.git"
        half = self.folder / "half-made"
        shutil.rmtree(half, ignore_errors=True)
        (half / "objects" / "pack").mkdir(parents=True)
        (half / "objects" / "info").mkdir()
        (half / "refs").mkdir()
        (half / "config").write_text(_CONFIG)
        (half / "HEAD").write_text("ref: refs/heads/none\n")
        (half / "borrowed").touch()
        half.rename(store)
        link = self.folder / "current.new"
        link.unlink(missing_ok=True)
        link.symlink_to(store.name)
        link.replace(self.folder / "current")
        return store


def _remove_unborrowed(store: Path) -> None:
    try:
        fd = os.open(store / "borrowed", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(store, ignore_errors=True)
    finally:
        os.close(fd)
