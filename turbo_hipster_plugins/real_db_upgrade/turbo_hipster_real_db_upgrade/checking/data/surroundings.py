"""What happens beside a statement: triggers, cascades, clocks, routines."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_databases.schema.sql_text import tokens
from turbo_hipster_real_db_upgrade.checking.data.bodies import ALL, Body, Way
from turbo_hipster_real_db_upgrade.checking.data.names import (
    bare,
    name,
    names,
)
from turbo_hipster_real_db_upgrade.checking.data.story import Story


@dataclasses.dataclass(frozen=True)
class ForeignKey:
    """A foreign key whose end in ``parent`` is felt in ``child``."""

    child: str
    columns: tuple[str, ...]
    parent: str
    on_delete: str
    on_update: str


class Surroundings:
    """Triggers, cascades and routines of the states around a step."""

    def __init__(self, engine: str, schemas: Iterable[Schema]) -> None:
        self._engine = engine
        self.routines: dict[str, str] = {}
        self.clocks: dict[str, set[str]] = {}
        self._triggers: set[tuple[str, str]] = set()
        self._keys: set[ForeignKey] = set()
        for schema in schemas:
            for path, thing in schema.things.items():
                self._add(path, dict(thing.facts))

    def _add(self, path: tuple[str, ...], facts: dict[str, str]) -> None:
        if path[0] == "routine":
            routine = bare(path[1].partition("(")[0])
            self.routines[routine] = facts.get("body", "")
        if path[0] != "table" or len(path) < 4:
            return
        table = bare(path[1])
        if path[2] == "trigger":
            self._triggers.add((table, facts.get("statement", "")))
        elif path[2] == "foreign key":
            self._keys.add(_key(table, facts))
        elif path[2] == "column" and facts.get("on update"):
            self.clocks.setdefault(table, set()).add(path[3].lower())

    def follow(self, story: Story) -> None:
        """Add to a story what its statements set off."""
        while self._round(story):
            pass

    def _round(self, story: Story) -> bool:
        before = _weight(story)
        for table, columns in self.clocks.items():
            body = story.bodies.get(table)
            if body is not None and body.written:
                body.written |= columns
        for key in self._keys:
            parent = story.bodies.get(key.parent)
            child = story.bodies.get(key.child)
            if parent is not None and child is not None:
                _cascade(parent, child, key)
        for table, statement in self._triggers:
            body = story.bodies.get(table)
            if body and (body.filled or body.written or body.ways):
                self._fire(story, body, statement)
        return _weight(story) != before

    def _fire(self, story: Story, body: Body, statement: str) -> None:
        words = tokens(statement, self._engine)
        for word in list(words):
            text = self.routines.get(word.text.lower())
            if text is not None:
                words += tokens(text, self._engine)
        if any(word.says("new") for word in words):
            body.write(ALL)
        named = [word for word in words if word.text.lower() != body.origin]
        story.anything(named, Way.TRIGGER)


def _weight(story: Story) -> int:
    return sum(
        len(body.written) + len(body.ways) for body in story.bodies.values()
    )


def _key(table: str, facts: dict[str, str]) -> ForeignKey:
    words = tokens(facts.get("references", ""), "postgresql")
    parent, _ = name(words, 0)
    columns, _ = names(tokens(facts.get("columns", ""), "postgresql"), 0)
    return ForeignKey(
        table,
        tuple(columns),
        parent,
        facts.get("on delete", ""),
        facts.get("on update", ""),
    )


def _cascade(parent: Body, child: Body, key: ForeignKey) -> None:
    gone, moved = key.on_delete.lower(), key.on_update.lower()
    if parent.ways:
        if gone == "cascade":
            child.ways.add(Way.CASCADE)
        elif gone.startswith("set"):
            child.written |= set(key.columns)
    if parent.written and (moved == "cascade" or moved.startswith("set")):
        child.written |= set(key.columns)
