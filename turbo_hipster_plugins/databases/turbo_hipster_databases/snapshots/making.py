"""A snapshot is made in a folder of its own, and is there all at once."""

from __future__ import annotations

import contextlib
import logging
import os
import pwd
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from turbo_hipster.exceptions import CannotJudge
from turbo_hipster_databases import disks
from turbo_hipster_databases.exceptions import SnapshotFailed
from turbo_hipster_databases.snapshots import locks, shelf, subvolume
from turbo_hipster_databases.snapshots.manifest import Manifest

HALF = ".making-"
LOCKS = ".locks"


@contextlib.contextmanager
def turn(folder: Path, key: str, log: logging.Logger) -> Iterator[None]:
    """Wait for the turn to make the snapshot ``key`` in ``folder``."""
    path = folder / LOCKS / key
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    descriptor = locks.take(path, wait=False, create=True)
    if descriptor is None:
        log.info("waiting for another build, which makes snapshot %s", key)
        descriptor = locks.take(path, create=True)
        assert descriptor is not None
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def sweep(folder: Path, mine: str) -> None:
    """Remove what dead makers left half-made; it is my turn for ``mine``."""
    for path in folder.glob(f"{HALF}*"):
        key = path.name.removeprefix(HALF).partition("-")[0]
        if key == mine:
            shutil.rmtree(path, ignore_errors=True)
            continue
        lock = folder / LOCKS / key
        descriptor = locks.take(lock, wait=False, create=True)
        if descriptor is not None:
            shutil.rmtree(path, ignore_errors=True)
            lock.unlink()
            os.close(descriptor)


def make(
    folder: Path,
    manifest: Manifest,
    fill: Callable[[Path], None],
    *,
    upon: str,
    durable: bool,
) -> int:
    """Make the snapshot; nothing is left of it if that fails.

    Returns the descriptor of a lock on it, so that nobody prunes it before
    its maker holds it.
    """
    try:
        prefix = f"{HALF}{manifest.key}-"
        half = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    except OSError as error:
        raise _failed(folder, error) from error
    try:
        _prepare(half, manifest.owner)
        try:
            fill(half / shelf.DATA)
            shelf.write(half, manifest, upon=upon, durable=durable)
            if upon:
                (folder / upon / shelf.LAYERS / manifest.key).touch()
            lock = locks.take(half / shelf.USED, shared=True)
            assert lock is not None
            try:
                os.rename(half, folder / manifest.key)  # noqa: PTH104
                if durable:
                    shelf.sync(folder)
            except OSError:
                os.close(lock)
                raise
        except OSError as error:
            raise _failed(folder, error) from error
        return lock
    finally:
        if half.exists():
            shutil.rmtree(half, ignore_errors=True)


def _prepare(half: Path, owner: str) -> None:
    data = half / shelf.DATA
    try:
        half.chmod(0o755)
        try:
            subvolume.create(data)
        except OSError:
            data.mkdir()
        data.chmod(0o700)
        if owner:
            account = pwd.getpwnam(owner)
            os.chown(data, account.pw_uid, account.pw_gid)
    except KeyError as error:
        raise SnapshotFailed(f"there is no account {owner!r}") from error
    except OSError as error:
        raise _failed(half, error) from error


def _failed(folder: Path, error: OSError) -> CannotJudge:
    if error.errno in disks.NO_ROOM:
        return disks.full(folder, f"no snapshot can be made: {error}")
    return SnapshotFailed(f"no snapshot can be made in {folder}: {error}")
