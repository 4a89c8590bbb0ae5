"""INSERT, UPDATE, DELETE and their kin, wherever in a text they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from turbo_hipster_databases.schema.sql_text import (
    Token,
    close_of,
    split,
)
from turbo_hipster_real_db_upgrade.checking.data.bodies import ALL, Body, Way
from turbo_hipster_real_db_upgrade.checking.data.copying import copy
from turbo_hipster_real_db_upgrade.checking.data.names import (
    OPEN,
    at,
    bare,
    name,
    names,
    skip,
    until,
)

if TYPE_CHECKING:
    from turbo_hipster_real_db_upgrade.checking.data.story import Story

NO_VERB = (
    *("on", "for", "before", "after", "or", "of", "key", "do"),
    *("grant", "instead"),
)
"""Words behind which UPDATE, DELETE or INSERT is none of its own."""
MODIFIERS = (
    *("low_priority", "high_priority", "delayed", "quick", "ignore", "or"),
    *("replace", "rollback", "abort", "fail", "only", "into", "table"),
)
FURTHER = ("where", "returning", "order", "limit", "from")
NARROWING = ("where", "limit", "using", "join")


def write(story: Story, words: Sequence[Token]) -> None:
    """Follow every verb of a text that changes rows."""
    for place, word in enumerate(words):
        if at(words, place - 1).says(*NO_VERB):
            continue
        if word.says("insert", "replace") and at(words, place + 1) != OPEN:
            _insert(story, words, place)
        elif word.says("update"):
            _update(story, words, place)
        elif word.says("delete"):
            _delete(story, words, place)
        elif word.says("truncate") and at(words, place + 1) != OPEN:
            found, _ = names(words, skip(words, place + 1, *MODIFIERS))
            _gone(story, found, Way.TRUNCATE)
        elif word.says("merge") and at(words, place + 1).says("into"):
            body = story.body(name(words, place + 2)[0])
            body.write(ALL)
            body.ways.add(Way.SOME)


def _insert(story: Story, words: Sequence[Token], verb: int) -> None:
    place = skip(words, verb + 1, *MODIFIERS, "overwrite")
    table, place = name(words, place)
    if not table:
        return
    body = story.body(table)
    body.filled = True
    replaces = any(word.says("replace") for word in words[verb:place])
    if replaces:
        body.write(ALL)
    if at(words, place).says("as"):
        place = name(words, place + 1)[1]
    columns: list[str] = []
    if at(words, place) == OPEN and not at(words, place + 1).says(
        "select", "with", "values"
    ):
        end = close_of(words, place)
        columns = [bare(part[0].text) for part in split(
            words[place + 1 : end]) if part]  # fmt: skip
        place = end + 1
    start = until(words, place, "select")
    while at(words, place) == OPEN:
        place = start = place + 1
    stop = until(words, start, "on") if _conflict(words, start) else len(words)
    if at(words, start).says("select"):
        body.copies += copy(story, words[start:stop], columns)
    update = until(words, place, "update")
    if at(words, update).says("update"):
        rest = skip(words, update + 1, "set")
        for column, _ in _assigned(words, rest):
            body.write(column)


def _conflict(words: Sequence[Token], start: int) -> bool:
    place = until(words, start, "conflict", "duplicate")
    return at(words, place).says("conflict", "duplicate")


def _update(story: Story, words: Sequence[Token], verb: int) -> None:
    start = skip(words, verb + 1, *MODIFIERS)
    middle = until(words, start, "set")
    if not at(words, middle).says("set"):
        return
    bodies = _named(story, words[start:middle])
    for column, source in _assigned(words, middle + 1):
        for body in bodies:
            if source:
                body.taken[body.before(source)] = column
            body.write(column)


def _named(story: Story, words: Sequence[Token]) -> list[Body]:
    """Return the bodies that an UPDATE or DELETE of several names."""
    first, _ = name(words, 0)
    found = {first: story.body(first)} if first else {}
    for word in words:
        if word.text.lower() in story.present:
            found[word.text.lower()] = story.present[word.text.lower()]
    return list(found.values())


def _assigned(words: Sequence[Token], start: int) -> Iterable[tuple[str, str]]:
    """Yield each column that is set, and the column whose value it gets.

    The second is empty for anything but a plain column.
    """
    stop = until(words, start, *FURTHER)
    for part in split(words[start:stop]):
        column, place = name(part, 0)
        if column:
            source, end = name(part, place + 1)
            yield column, source if end == len(part) else ""
        elif at(part, 0) == OPEN:
            for one in names(part, 1)[0]:
                yield one, ""


def _delete(story: Story, words: Sequence[Token], verb: int) -> None:
    place = skip(words, verb + 1, "from", *MODIFIERS)
    found, place = names(words, place)
    stop = until(words, place, *NARROWING)
    narrowed = at(words, stop).says(*NARROWING)
    _gone(story, found, Way.SOME if narrowed else Way.EVERY)


def _gone(story: Story, tables: Iterable[str], way: Way) -> None:
    for table in tables:
        if table in story.present:
            story.present[table].ways.add(way)
