"""INSERT ... SELECT and CREATE TABLE ... AS: which column comes from where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from turbo_hipster_databases.schema.sql_text import (
    Token,
    close_of,
    split,
    stripped,
)
from turbo_hipster_real_db_upgrade.checking.data.bodies import Body, Copy
from turbo_hipster_real_db_upgrade.checking.data.names import (
    COMMA,
    DOT,
    OPEN,
    at,
    level,
    name,
    skip,
    until,
)

if TYPE_CHECKING:
    from turbo_hipster_real_db_upgrade.checking.data.story import Story

CHOOSING = (
    *("distinct", "where", "group", "having", "limit", "offset", "fetch"),
    *("union", "except", "intersect"),
)
"""Words by which a SELECT leaves out rows, or puts some together."""


def copy(
    story: Story, words: Sequence[Token], columns: Sequence[str] | None
) -> list[Copy]:
    """Return what a SELECT, which ``words`` begin with, brings along.

    ``columns`` are those that it fills; None: they are named after what is
    selected; none at all: they are not named, and taken to be the same.
    """
    end = until(words, 1, "from")
    items = split(words[skip(words, 1, "all", "distinct") : end])
    said = [(_source(item), _label(item)) for item in items]
    star = any(item and item[-1] == ("sign", "*") for item in items)
    if columns is None:
        columns = [label for _, label in said]
    filled: dict[str, str | None] = {}
    if columns and not star and len(columns) == len(said):
        filled = {
            column: source
            for column, (source, _) in zip(columns, said, strict=True)
        }
    chosen = any(words[place].says(*CHOOSING) for place in level(words, 0))
    return [
        Copy(body, filled, star or not filled, chosen)
        for body in _bodies(story, words, end)
    ]


def _bodies(story: Story, words: Sequence[Token], start: int) -> list[Body]:
    found: dict[int, Body] = {}
    for place in range(start, len(words)):
        before = at(words, place - 1)
        if before.says("from", "join", "only") or before in (
            COMMA, DOT, OPEN,
        ):  # fmt: skip
            body = story.present.get(at(words, place).text.lower())
            if body is not None and at(words, place + 1) != DOT:
                found[id(body)] = body
    return list(found.values())


def _source(item: Sequence[Token]) -> str | None:
    """Return the column that is taken as it is, or cast; None: no such."""
    item = stripped(_unlabelled(item))
    if at(item, 0).says("cast", "convert") and at(item, 1) == OPEN:
        if close_of(item, 1) != len(item) - 1:
            return None
        inner = item[2:-1]
        end = until(inner, 0, "as", "using")
        return _source(split(inner[:end])[0])
    found, place = name(item, 0)
    if at(item, place) == ("sign", "::"):
        place = len(item)
    return found if found and place == len(item) else None


def _label(item: Sequence[Token]) -> str:
    return item[-1].text.lower() if item else ""


def _unlabelled(item: Sequence[Token]) -> Sequence[Token]:
    return item[: until(item, 0, "as")]
