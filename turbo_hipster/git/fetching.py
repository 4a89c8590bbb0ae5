"""Bringing a change, and what it is compared with, into the mirror.

What a store holds after a fetch::

    refs/remotes/origin/*           the origin's branches, all, pruned
    refs/tags/*                     the origin's tags on their histories
    refs/turbo-hipster/commits/ID   fetched because a client named this id
    refs/turbo-hipster/refs/HASH    a ref whose id was not named

A client's refs never move (the classic client makes a new one for each
build), so a named id that is here already costs no network at all.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from turbo_hipster.git import refs
from turbo_hipster.git.door import Git
from turbo_hipster.git.mirror import Mirror
from turbo_hipster.git.patience import Failed, failed, patiently
from turbo_hipster.git.source import Kind, Source
from turbo_hipster.git.trouble import Trouble, diagnose, reason

_OURS = "refs/turbo-hipster"
_HEADS = "+refs/heads/*:refs/remotes/origin/*"
_KEEP = 256  # refs of ours, beyond twice of which the oldest are dropped
_PACKS = 64  # packs without a common index
_OPTIONS = (
    "--no-auto-maintenance",
    "--no-write-fetch-head",
    "--no-show-forced-updates",
    "--no-recurse-submodules",
    "--force",
)


def marker(source: Source) -> str:
    """The ref under which what ``source`` names is kept."""
    if source.commit:
        return f"{_OURS}/commits/{source.commit}"
    key = f"{source.url}\0{source.ref}".encode()
    return f"{_OURS}/refs/{hashlib.sha256(key).hexdigest()[:16]}"


def known(store: Path, source: Source) -> bool:
    """Whether the commit was named and is here from an earlier build."""
    if not source.commit:
        return False
    return refs.read(store, marker(source)) == source.commit


def has(git: Git, store: Path, commit: str) -> bool:
    """Whether the commit ``commit`` is here, wherever it came from."""
    if not commit:
        return False
    found = git.local("cat-file", "-e", f"{commit}^{{commit}}", at=store)
    return found.status == 0


def bring(git: Git, mirror: Mirror, store: Path, source: Source) -> None:
    """Fetch ``source`` into ``store``.  Under the mirror's lock.

    Raises Failed, which says what kind of trouble it is.
    """
    first = not (store / "packed-refs").exists()
    if any((store / "objects" / "pack").glob("tmp_*")):
        mirror.tidy(store, git)
    mark = marker(source)
    if source.kind is Kind.COMMIT:
        _merged(git, store, source, mark)
    elif source.address.url == source.origin.url:
        wanted = [_HEADS, f"+{source.ref}:{mark}"]
        if source.kind is Kind.TAG:
            wanted.append(f"+{source.ref}:{source.ref}")
        _from_origin(git, store, source, *wanted)
    else:
        _origin_if_possible(git, store, source)
        git.log.info("fetching %s from %s", source, source.url)
        patiently(
            git,
            f"fetch {source} from {source.url}",
            lambda: git.fetch(
                "fetch", *_OPTIONS, "--no-tags", *_tips(store),
                "--end-of-options", source.url, f"+{source.ref}:{mark}",
                at=store, login=(source.address,),
            ),
        )  # fmt: skip
    _promised(git, store, source, mark)
    _keep_quick(git, mirror, store, first)


def _from_origin(git: Git, store: Path, source: Source, *wanted: str) -> None:
    git.log.info("fetching %s from %s", source, source.origin)
    patiently(
        git,
        f"fetch {source} from {source.origin}",
        lambda: git.fetch(
            "fetch", *_OPTIONS, "--prune", *_tips(store), "--end-of-options",
            source.origin.url, *wanted,
            at=store, login=(source.origin,),
        ),
    )  # fmt: skip


def _merged(git: Git, store: Path, source: Source, mark: str) -> None:
    """Fetch a merged commit: by its id, else with what contains it."""
    try:
        _from_origin(git, store, source, _HEADS, f"+{source.commit}:{mark}")
    except Failed as error:
        if error.trouble is not Trouble.GONE:
            raise
        # servers may refuse to hand out ids, but not what holds them
        tags = "+refs/tags/*:refs/tags/*"
        _from_origin(git, store, source, _HEADS, tags)


def _origin_if_possible(git: Git, store: Path, source: Source) -> None:
    """Fetch the branches and tags of the origin; do without if it is away.

    Only what the change is compared with depends on it.
    """
    left = git.left()
    most = 600.0 if left is None else left / 2
    if _tips(store):
        most = min(60.0, most)
    ended = git.fetch(
        "fetch", *_OPTIONS, "--prune", *_tips(store), "--end-of-options",
        source.origin.url, _HEADS,
        at=store, login=(source.origin,), most=most,
    )  # fmt: skip
    if ended.status == 0 and not ended.timed_out:
        return
    trouble = diagnose(ended)
    if trouble in (Trouble.LOCK, Trouble.DAMAGE, Trouble.DISK):
        raise failed(f"fetch {source.project}", ended)
    git.log.warning(
        "the origin %s could not be read (%s); the change is compared with "
        "its first parent, or with what is known of branch %s",
        source.origin,
        reason(ended),
        source.branch or "(none)",
    )


def _promised(git: Git, store: Path, source: Source, mark: str) -> None:
    """See that the commit the client named is what we have."""
    commit = source.commit
    if not commit or refs.read(store, mark) == commit:
        return
    got = refs.read(store, mark)
    if has(git, store, commit):
        refs.write(store, mark, commit)
        return
    where = f"{source.ref} at {source.url}" if got else source.origin.url
    text = (
        f"commit {commit} of {source.project} is not in {where}"
        f"{', which holds ' + got if got else ''}; it was "
        "replaced meanwhile, or the server does not give it out"
    )
    raise Failed(text, Trouble.GONE)


def _tips(store: Path) -> list[str]:
    """Tell the server of the branches only: the rest is not news to it."""
    if refs.below(store, "refs/remotes/origin"):
        return ["--negotiation-tip=refs/remotes/origin/*"]
    return []


def _keep_quick(git: Git, mirror: Mirror, store: Path, first: bool) -> None:
    """See that a thousandth build is as quick as the second.

    Only indexes and refs are written anew, no object is moved or removed;
    that it fails is no reason to fail a build.
    """
    if first and _failed(git, store, "pack-refs", "--all"):
        mirror.tidy(store, git)
    packs = store / "objects" / "pack"
    common = packs / "multi-pack-index"
    since = common.stat().st_mtime if common.exists() else 0.0
    new = sum(p.stat().st_mtime > since for p in packs.glob("*.idx"))
    if new > _PACKS and _failed(git, store, "multi-pack-index", "write"):
        mirror.tidy(store, git)
    for kind in ("commits", "refs"):
        folder = store / _OURS / kind
        ours = list(folder.iterdir()) if folder.is_dir() else []
        if len(ours) > 2 * _KEEP:
            ours.sort(key=lambda path: path.stat().st_mtime)
            for path in ours[:-_KEEP]:
                path.unlink()


def _failed(git: Git, store: Path, *arguments: str) -> bool:
    return git.local(*arguments, at=store).status != 0
