"""Laying out a change for a build.

A checkout is an ordinary repository on a branch named ``working``: ``origin``
is the project's real home, its branches and tags are there as they were at
the last fetch, submodules are updated.  Only its objects are borrowed.
"""

from __future__ import annotations

import dataclasses
import errno
import logging
import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from turbo_hipster.exceptions import FetchFailed
from turbo_hipster.git import addresses, fetching, submodules, worktree
from turbo_hipster.git.door import Execute, Git
from turbo_hipster.git.mirror import Loan, Mirror
from turbo_hipster.git.patience import Failed
from turbo_hipster.git.source import Kind, Source
from turbo_hipster.git.trouble import Trouble

# what we can mend ourselves, and how often we try
_CURES = {Trouble.LOCK: 2, Trouble.DAMAGE: 1}


@dataclasses.dataclass(frozen=True, slots=True)
class Checkout:
    """A laid out change.

    ``base`` is the commit the change is compared with, or None.  ``close``
    it (or end the process) when nobody needs the files any more.
    """

    path: Path
    commit: str
    base: str | None
    loan: Loan | None = dataclasses.field(
        default=None, repr=False, compare=False
    )

    def close(self) -> None:
        """Tell the mirror that nothing is borrowed any more."""
        if self.loan is not None:
            self.loan.close()


def lay_out(
    source: Source,
    *,
    mirrors: Path,
    target: Path,
    execute: Execute,
    log: logging.Logger,
    deadline: float | None = None,
    environ: Mapping[str, str] | None = None,
    stall: int = 60,
    pause: Callable[[float], None] = time.sleep,
) -> Checkout:
    """Check ``source`` out at ``target/PROJECT``.

    ``mirrors`` is STATE_DIR/git; ``deadline`` is on ``time.monotonic``'s
    clock.  ``environ`` is the worker's environment, whose HOME has the
    operator's git settings (default: this process's).  ``stall``: seconds
    without a byte after which an http transfer is tried again.

    Raises FetchFailed when the change cannot be had, whatever the cause.
    """
    git = Git(
        execute,
        log,
        deadline,
        dict(os.environ if environ is None else environ),
        stall,
        pause,
    )
    path = target / source.project
    return _lay_out(git, source, mirrors.resolve(), path, fresh=True)


def further(
    source: Source,
    ref: str,
    *,
    mirrors: Path,
    into: Path,
    execute: Execute,
    log: logging.Logger,
    deadline: float | None = None,
    environ: Mapping[str, str] | None = None,
) -> Checkout:
    """Lay out another tree of the same project at ``into``, to be read.

    ``ref`` is a commit id, a branch of the origin, or any full ref there
    (``refs/tags/1.0``).  ``into`` must not exist yet.  Raises RefusedInput
    for a bad ref, FetchFailed when it cannot be had.
    """
    git = Git(
        execute,
        log,
        deadline,
        dict(os.environ if environ is None else environ),
    )
    wanted = _another(source, ref)
    return _lay_out(git, wanted, mirrors.resolve(), into, fresh=False)


def _another(source: Source, ref: str) -> Source:
    if addresses.COMMIT.fullmatch(ref):
        kind, full, commit = Kind.COMMIT, "", ref
    else:
        addresses.check_ref(ref, "the ref")
        full = ref if ref.startswith("refs/") else f"refs/heads/{ref}"
        full = "HEAD" if ref == "HEAD" else full
        kind, commit = Kind.CHANGE, ""
    home = source.origin
    return Source(source.project, home, full, kind, home, "", commit)


def _lay_out(
    git: Git, source: Source, mirrors: Path, path: Path, *, fresh: bool
) -> Checkout:
    """Lay out; mend what can be mended and begin again."""
    mirror = Mirror(mirrors, source.project, source.origin)
    cures = dict(_CURES)
    try:
        path.mkdir(parents=True)
        while True:
            try:
                return _once(git, mirror, source, path, fresh=fresh)
            except Failed as error:
                if not cures.get(error.trouble):
                    raise
                cures[error.trouble] -= 1
                _mend(git, mirror, error, path)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise FetchFailed(
            f"could not lay out {source}: {error.strerror or error}{where}; "
            f"{Trouble.DISK.value}"
        ) from error


def _once(
    git: Git, mirror: Mirror, source: Source, path: Path, *, fresh: bool
) -> Checkout:
    loan: Loan | None = None
    try:
        store = _fetched(git, mirror, source, fresh=fresh)
        loan = Loan(store)
        commit, base = worktree.identify(git, store, source)
        worktree.write(git, store, source, commit, path)
        submodules.update(git, source, path)
        checkout, loan = Checkout(path, commit, base, loan), None
        return checkout
    except OSError as error:
        lost = error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR)
        if lost and str(error.filename).startswith(str(mirror.folder)):
            text = f"{error.filename} is not as it was left"
            raise Failed(text, Trouble.DAMAGE) from error
        raise
    finally:
        if loan is not None:
            loan.close()


def _fetched(git: Git, mirror: Mirror, source: Source, *, fresh: bool) -> Path:
    """The store that has the source; fetched into if it must be."""

    def here(store: Path) -> bool:
        if fetching.known(store, source):
            return True
        return not fresh and fetching.has(git, store, source.commit)

    store = mirror.store
    if store is not None and here(store):
        git.log.info("%s is in the mirror already", source)
        return store
    with mirror.locked(git) as store:
        if not here(store):
            fetching.bring(git, mirror, store, source)
        return store


def _mend(git: Git, mirror: Mirror, error: Failed, path: Path) -> None:
    with mirror.locked(git) as store:
        if error.trouble is Trouble.LOCK:
            mirror.tidy(store, git)
        else:
            mirror.set_aside(store, str(error), git)
    shutil.rmtree(path)
    path.mkdir()
