"""ALTER TABLE and RENAME TABLE: names that change, columns that go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from turbo_hipster_databases.schema.sql_text import Token, split
from turbo_hipster_real_db_upgrade.checking.data.bodies import Body, Way
from turbo_hipster_real_db_upgrade.checking.data.names import (
    at,
    name,
    skip,
    until,
)

if TYPE_CHECKING:
    from turbo_hipster_real_db_upgrade.checking.data.story import Story

NO_COLUMN = (
    *("constraint", "primary", "foreign", "index", "key", "check"),
    *("partition", "system", "period"),
)
"""What a DROP or RENAME may name that is no column."""


def alter(story: Story, words: Sequence[Token]) -> None:
    """Follow an ALTER TABLE."""
    place = skip(words, 1, "online", "ignore", "table", "if", "exists", "only")
    table, place = name(words, place)
    if not table:
        return
    body = story.body(table)
    for action in split(words[place:]):
        first = at(action, 0)
        if first.says("rename"):
            table = _rename(story, body, table, action)
        elif first.says("change"):
            old, place = name(
                action, skip(action, 1, "column", "if", "exists")
            )
            body.rename(old, name(action, place)[0])
        elif first.says("drop"):
            _drop(body, action)
        elif first.says("alter"):
            column, place = name(action, skip(action, 1, "column"))
            if until(action, place, "using") < len(action):
                body.converted.add(body.before(column))
        elif first.says("attach", "detach", "truncate", "exchange"):
            body.ways.add(Way.PARTITION)


def rename(story: Story, words: Sequence[Token]) -> None:
    """Follow MariaDB's RENAME TABLE a TO b, c TO d."""
    for pair in split(words[2:]):
        old, place = name(pair, skip(pair, 0, "if", "exists"))
        place = until(pair, place, "to") + 1
        _move(story, old, name(pair, place)[0])


def _rename(
    story: Story, body: Body, table: str, action: Sequence[Token]
) -> str:
    """Follow RENAME; return the table's name from now on."""
    if at(action, 1).says(*NO_COLUMN):
        return table
    if at(action, 1).says("to", "as") or len(action) == 2:
        new, _ = name(action, skip(action, 1, "to", "as"))
        _move(story, table, new)
        return new
    old, place = name(action, skip(action, 1, "column", "if", "exists"))
    body.rename(old, name(action, skip(action, place, "to"))[0])
    return table


def _move(story: Story, old: str, new: str) -> None:
    body = story.present.pop(old, None)
    if body is not None:
        story.present[new] = body


def _drop(body: Body, action: Sequence[Token]) -> None:
    if at(action, 1).says("partition"):
        body.ways.add(Way.PARTITION)
    elif not at(action, 1).says(*NO_COLUMN):
        body.drop(name(action, skip(action, 1, "column", "if", "exists"))[0])
