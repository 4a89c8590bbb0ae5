"""INSERT ... SELECT and CREATE TABLE ... AS: which column comes from where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from turbo_hipster_databases.schema.sql_text import (
    KEYWORDS,
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
    named = bool(columns) and not star and len(columns) == len(said)
    chosen = any(words[place].says(*CHOOSING) for place in level(words, 0))
    bodies = _bodies(story, words, end)
    found = []
    for body, calls in bodies.values():
        alone = len(bodies) == 1
        filled = {
            column: source
            if alone or not qualifier or qualifier in calls
            else None
            for column, ((qualifier, source), _) in (
                zip(columns, said, strict=True) if named else ()
            )
        }
        one = Copy(body, filled, star or not filled, chosen)
        found.append(one)
        found += [_through(one, before) for before in body.copies]
    return found


def _through(copy: Copy, before: Copy) -> Copy:
    """Return two copies in a row, by way of a table in between, as one."""
    columns: dict[str, str | None] = {}
    for column, middle in (copy.columns or before.columns).items():
        if middle is None or copy.everything:
            columns[column] = before.columns.get(column, column)
        elif before.everything:
            columns[column] = middle
        else:
            columns[column] = before.columns.get(middle)
    return Copy(
        before.source,
        columns,
        copy.everything and before.everything,
        copy.chosen or before.chosen,
    )


def _bodies(
    story: Story, words: Sequence[Token], start: int
) -> dict[str, tuple[Body, set[str]]]:
    """Return the bodies that a SELECT reads, and what it calls each."""
    found: dict[str, tuple[Body, set[str]]] = {}
    for place in range(start, len(words)):
        before = at(words, place - 1)
        if not before.says("from", "join", "only") and before not in (
            COMMA, DOT, OPEN,
        ):  # fmt: skip
            continue
        table = at(words, place).text.lower()
        if table not in story.present or at(words, place + 1) == DOT:
            continue
        _, calls = found.setdefault(table, (story.present[table], {table}))
        alias = at(words, skip(words, place + 1, "as"))
        if alias.kind in ("word", "quoted") and not alias.says(*KEYWORDS):
            calls.add(alias.text.lower())
    return found


def _source(item: Sequence[Token]) -> tuple[str, str | None]:
    """Return the column that is taken as it is, or cast; None: no such.

    Before it stands what it is said to be of.
    """
    item = stripped(_unlabelled(item))
    if at(item, 0).says("cast", "convert") and at(item, 1) == OPEN:
        if close_of(item, 1) != len(item) - 1:
            return "", None
        inner = item[2:-1]
        end = until(inner, 0, "as", "using")
        return _source(split(inner[:end])[0])
    found, place = name(item, 0)
    bare = place == 1
    if at(item, place) == ("sign", "::"):
        place = len(item)
    if (
        not found
        or place != len(item)
        or (bare and at(item, 0).says(*KEYWORDS))
    ):
        return "", None
    return "" if bare else at(item, 0).text.lower(), found


def _label(item: Sequence[Token]) -> str:
    return item[-1].text.lower() if item else ""


def _unlabelled(item: Sequence[Token]) -> Sequence[Token]:
    return item[: until(item, 0, "as")]
