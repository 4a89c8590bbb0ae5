"""Making a checkout independent, before it is kept for a look."""

from __future__ import annotations

import logging
from pathlib import Path

from turbo_hipster.exceptions import FetchFailed
from turbo_hipster.git.door import Execute, Git
from turbo_hipster.git.trouble import reason


def make_independent(
    path: Path,
    execute: Execute,
    *,
    log: logging.Logger | None = None,
    deadline: float | None = None,
) -> None:
    """Copy what the checkout at ``path`` borrows; then it needs no mirror.

    Does nothing where nothing is borrowed.  Raises FetchFailed, and leaves
    the checkout as it was, when that cannot be done.
    """
    objects = path / ".git" / "objects"
    borrowed = objects / "info" / "alternates"
    if not borrowed.is_file():
        return
    git = Git(execute, log or logging.getLogger(__name__), deadline)
    aside = borrowed.with_name("alternates.was")
    ended = git.local("repack", "-a", "-d", "-q", at=path)
    if ended.status == 0 and not ended.timed_out:
        borrowed.rename(aside)
        ended = git.local("fsck", "--connectivity-only", at=path)
        if ended.status == 0 and not ended.timed_out:
            aside.unlink()
            return
        aside.rename(borrowed)
    raise FetchFailed(
        f"{path} could not be made independent of the mirror: "
        f"{reason(ended)}; copy it with git clone while the mirror is there"
    )
