"""Differences of schemas in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from turbo_hipster_databases.schema import wording
from turbo_hipster_databases.schema.comparing import ADDED, REMOVED, Change

WORDS = {ADDED: "is left over", REMOVED: "is missing"}


def sentence(changes: Sequence[Change]) -> str:
    """Say the first difference, and how many more there are.

    A part of a table that came or went as a whole is not counted.
    """
    whole: dict[tuple[str, ...], str] = {
        one.thing.path: one.kind
        for one in changes
        if len(one.thing.path) == 2 and one.kind in WORDS
    }
    counted = [
        one
        for one in changes
        if len(one.thing.path) == 2
        or whole.get(one.thing.path[:2]) != one.kind
    ]
    first = counted[0].thing
    text = (
        f"{wording.where(first.path, first.facts)} "
        f"{WORDS.get(counted[0].kind, 'is different')}"
    )
    more = len(counted) - 1
    return f"{text}, and {more} more" if more else text
