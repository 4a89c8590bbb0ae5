"""The steps that a dataset takes up its ladder, worked out from histories.

Nothing is run here.  Each step has a digest of everything that its state
depends on: the seed, and every step up to it with the content of its files.
Two builds that are to take the same steps find each other's layers by it; a
change that edits an old migration finds those before it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from turbo_hipster_databases.model import History, Migration


class Stranger(Exception):
    """The database is at a revision that a history does not know."""


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """One step of the chain.

    ``rung`` is the ref whose code runs it, ``reached`` the revisions that
    the database is at afterwards, ``last`` says that the rung ends here.
    """

    rung: str
    migration: Migration
    digest: str
    reached: tuple[str, ...]
    last: bool = False


def links(
    rung: str, history: History, digest: str, reached: Sequence[str]
) -> list[Link]:
    """Return the steps that a history has in store for a database.

    ``digest`` and ``reached`` are those of the database now.  Raises
    Stranger.
    """
    found: list[Link] = []
    at = tuple(reached)
    for migration in pending(history, reached):
        digest = after(digest, migration)
        at = moved(at, migration)
        found.append(Link(rung, migration, digest, at))
    if found:
        found[-1] = dataclasses.replace(found[-1], last=True)
    return found


def pending(history: History, reached: Iterable[str]) -> list[Migration]:
    """Return what of a history is not in the database yet, in its order.

    Raises Stranger.
    """
    known = {one.revision: one for one in history.migrations}
    done: set[str] = set()
    waiting = list(reached)
    for revision in waiting:
        if revision not in known:
            raise Stranger(revision)
    while waiting:
        revision = waiting.pop()
        if revision not in done and revision in known:
            done.add(revision)
            waiting += known[revision].parents
    return [one for one in history.migrations if one.revision not in done]


def moved(reached: Sequence[str], migration: Migration) -> tuple[str, ...]:
    """Return the revisions that a database is at after a step."""
    gone = set(migration.parents)
    return (*sorted(set(reached) - gone), migration.revision)


def after(digest: str, migration: Migration) -> str:
    """Return the digest of the state after a step."""
    told = [digest, migration.revision, sorted(migration.files.items())]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def edited(chain: Sequence[Link], history: History) -> int:
    """Return how many links stand before the first that a change edits.

    A migration is edited when the change has it with other files' content.
    One that the change does not have was taken away: edited as well.
    """
    files: Mapping[str, Migration] = {
        one.revision: one for one in history.migrations
    }
    for place, link in enumerate(chain):
        mine = files.get(link.migration.revision)
        if mine is None or dict(mine.files) != dict(link.migration.files):
            return place
    return len(chain)
