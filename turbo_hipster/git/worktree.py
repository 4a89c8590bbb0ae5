"""Making the checkout itself: which commit, compared with which, and files.

The few files of a ``.git`` folder are written by hand and one
``git read-tree`` does the rest: no quicker safe way was found.
"""

from __future__ import annotations

import re
from pathlib import Path

from turbo_hipster.git import fetching, refs
from turbo_hipster.git.door import Exit, Git
from turbo_hipster.git.patience import Failed, failed
from turbo_hipster.git.source import Kind, Source
from turbo_hipster.git.trouble import Trouble

_LINE = re.compile(r"^[0-9a-f]{40,64}(?: [0-9a-f]{40,64})*$", re.MULTILINE)
_MERGE_BASE = re.compile(r"^\^([0-9a-f]{40,64})$", re.MULTILINE)


def identify(git: Git, store: Path, source: Source) -> tuple[str, str | None]:
    """The commit to lay out, and the one it is compared with, or None."""
    value = source.commit or refs.read(store, fetching.marker(source))
    if not value:
        text = f"{store} has lost what was fetched as {source}"
        raise Failed(text, Trouble.DAMAGE)
    name = f"{value}^{{commit}}"
    branch = f"refs/remotes/origin/{source.branch}"
    tip = refs.read(store, branch) if source.branch else ""
    if source.kind is Kind.CHANGE and tip:
        found = git.local("rev-parse", name, f"{name}...{tip}", at=store)
        commit = _ids(found, source)[0]
        shared = _MERGE_BASE.search(found.tail)
        # a change that is merged already is compared with its parent
        if shared and shared[1] != commit:
            return commit, shared[1]
    found = git.local("rev-list", "--parents", "-n", "1", name, at=store)
    commit, *parents = _ids(found, source)
    if source.old and fetching.has(git, store, source.old):
        return commit, source.old
    return commit, parents[0] if parents else None


def write(
    git: Git, store: Path, source: Source, commit: str, path: Path
) -> None:
    """Lay ``commit`` out in the empty folder ``path``."""
    inside = path / ".git"
    (inside / "objects" / "info").mkdir(parents=True)
    (inside / "objects" / "pack").mkdir()
    (inside / "info").mkdir()
    alternates = inside / "objects" / "info" / "alternates"
    alternates.write_text(f"{store}/objects\n")
    (inside / "config").write_text(_config(source.origin.url))
    # what git clone writes too; a script may add to it
    (inside / "info" / "exclude").touch()
    theirs = refs.below(store, "refs/remotes/origin", "refs/tags")
    refs.write_packed(inside, theirs)
    refs.write(inside, "refs/heads/working", commit)
    (inside / "HEAD").write_text("ref: refs/heads/working\n")
    ended = git.local("read-tree", "-u", "-m", "HEAD", at=path)
    if ended.status or ended.timed_out:
        raise failed(f"lay out {source}", ended, here=True)


def _ids(found: Exit, source: Source) -> list[str]:
    line = _LINE.search(found.tail)
    if found.status or found.timed_out or line is None:
        raise failed(f"read {source} in the mirror", found, here=True)
    return line[0].split()


def _config(url: str) -> str:
    quoted = url.replace("\\", "\\\\").replace('"', '\\"')
    return (
        "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n"
        "\tbare = false\n\tlogallrefupdates = true\n"
        f'[remote "origin"]\n\turl = "{quoted}"\n'
        "\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
    )
