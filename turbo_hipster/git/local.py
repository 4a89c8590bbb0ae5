"""A checkout as it is, at somebody's desk: nothing is fetched or changed."""

from __future__ import annotations

import logging
from pathlib import Path

from turbo_hipster.exceptions import FetchFailed, RefusedInput
from turbo_hipster.git.checkout import Checkout
from turbo_hipster.git.door import Execute, Git
from turbo_hipster.git.trouble import reason

# in this order: whose default branch a change is usually meant for
_DEFAULTS = tuple(
    f"refs/remotes/{remote}/{branch}"
    for remote in ("upstream", "origin")
    for branch in ("HEAD", "main", "master")
)


def as_it_is(
    path: Path,
    *,
    execute: Execute,
    base: str | None = None,
    log: logging.Logger | None = None,
    deadline: float | None = None,
) -> Checkout:
    """Take the git checkout at ``path``, with what is not committed in it.

    It is compared with the merge-base of HEAD and ``base`` (any name git
    knows).  Without ``base``: with that of the default branch of the remote
    ``upstream``, else ``origin``; with nothing (None) if there is neither.

    Raises RefusedInput when ``path`` is no checkout, has no commit, or has
    nothing called ``base``.
    """
    git = Git(execute, log or logging.getLogger(__name__), deadline)
    path = path.resolve()
    if not path.is_dir():
        raise RefusedInput(f"{path} is no folder; name a git checkout")
    found = git.local("rev-parse", "--verify", "HEAD^{commit}", at=path)
    if found.status:
        raise RefusedInput(
            f"{path} is no git checkout with a commit: {reason(found)}"
        )
    commit = found.tail.split()[-1]
    if base is None:
        listed = git.local("for-each-ref", "--format=%(refname)", *_DEFAULTS,
                           at=path)  # fmt: skip
        there = set(listed.tail.split())
        base = next((name for name in _DEFAULTS if name in there), None)
        if base is None:
            return Checkout(path, commit, None)
    elif base.startswith("-") or not base.strip():
        raise RefusedInput(f"base {base!r} is no name of a commit")
    named = git.local("rev-parse", "--verify", "--end-of-options",
                      f"{base}^{{commit}}", at=path)  # fmt: skip
    if named.status:
        raise RefusedInput(
            f"there is nothing called {base} in {path}: {reason(named)}; "
            "fetch it first, or name another --base"
        )
    shared = git.local("merge-base", commit, named.tail.split()[-1], at=path)
    if shared.status > 1 or shared.timed_out:
        raise FetchFailed(f"git cannot read {path}: {reason(shared)}")
    words = shared.tail.split()
    return Checkout(path, commit, words[-1] if words else None)


def another(
    path: Path,
    ref: str,
    *,
    into: Path,
    execute: Execute,
    log: logging.Logger | None = None,
    deadline: float | None = None,
) -> Checkout:
    """Lay out another commit of the checkout at ``path``, to be read.

    ``ref`` is a commit id, a branch of its remote ``origin`` or of its own,
    or any name git knows there.  ``into`` must not exist yet; it borrows the
    objects, and nothing is fetched.  Raises FetchFailed.
    """
    git = Git(execute, log or logging.getLogger(__name__), deadline)
    for name in (f"refs/remotes/origin/{ref}", f"refs/heads/{ref}", ref):
        named = git.local("rev-parse", "--verify", "--end-of-options",
                          f"{name}^{{commit}}", at=path)  # fmt: skip
        if not named.status:
            break
    else:
        raise FetchFailed(
            f"there is nothing called {ref} in {path}: {reason(named)}; "
            "fetch it first"
        )
    commit = named.tail.split()[-1]
    into.parent.mkdir(parents=True, exist_ok=True)
    ended = git.fetch("clone", "--quiet", "--shared", "--no-checkout", "--",
                      str(path), str(into), at=path,
                      schemes=("file",))  # fmt: skip
    if not ended.status:
        ended = git.local("checkout", "--quiet", "-B", "working", commit,
                          at=into)  # fmt: skip
    if ended.status or ended.timed_out:
        raise FetchFailed(
            f"{ref} of {path} cannot be laid out: {reason(ended)}"
        )
    return Checkout(into, commit, None)
