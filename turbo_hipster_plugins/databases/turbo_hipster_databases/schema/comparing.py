"""What differs between two schemas of one engine, and how it is shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from turbo_hipster_databases.schema import wording
from turbo_hipster_databases.schema.model import Schema, Thing

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
_SIGNS = {ADDED: "+", REMOVED: "-", CHANGED: "~"}


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs.

    ``kind`` is ``added``, ``removed`` or ``changed``.  ``before`` and
    ``after`` have its facts then and now: all of them where it came or went,
    only those that differ where it changed.
    """

    thing: Thing
    kind: str
    before: Mapping[str, str] = dataclasses.field(default_factory=dict)
    after: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        path, facts = self.thing.path, self.thing.facts
        if self.kind != CHANGED:
            return f"{_SIGNS[self.kind]} {wording.line(path, facts)}"
        told = "; ".join(
            _difference(name, self.before.get(name), self.after.get(name))
            for name in sorted({*self.before, *self.after})
        )
        return f"~ {wording.where(path, facts)}: {told}"


class Told(Protocol):
    """Something that prints itself on a line: a Change, a Difference."""

    def __str__(self) -> str:
        """Return the line."""


def compare(before: Schema, after: Schema) -> tuple[Change, ...]:
    """Return what must happen to ``before`` so that it becomes ``after``.

    In the order of the tables, each before its parts.
    """
    old, new = before.things, after.things
    changes = []
    for path in sorted({*old, *new}, key=wording.order):
        if path not in old:
            thing = new[path]
            changes.append(Change(thing, ADDED, {}, thing.facts))
        elif path not in new:
            thing = old[path]
            changes.append(Change(thing, REMOVED, thing.facts, {}))
        elif old[path].facts != new[path].facts:
            changes.append(_changed(old[path], new[path]))
    return tuple(changes)


def render(told: Schema | Sequence[Change | Told], limit: int = 60) -> str:
    """Return a schema, or differences, for people; nothing: an empty text.

    The parts of a table that came or went stand indented beneath it.  What
    is beyond ``limit`` lines is counted.
    """
    if isinstance(told, Schema):
        return str(told)
    lines = list(_lines(told))
    if len(lines) > limit + 1:
        left = len(lines) - limit
        lines = [*lines[:limit], f"… and {left} more differences"]
    return "\n".join(lines)


def _lines(told: Sequence[Change | Told]) -> Iterator[str]:
    whole: dict[tuple[str, ...], str] = {}
    for one in told:
        if not isinstance(one, Change):
            yield str(one)
            continue
        path = one.thing.path
        if len(path) == 2:
            whole[path] = one.kind
        elif whole.get(path[:2]) == one.kind != CHANGED:
            sign = _SIGNS[one.kind]
            yield f"{sign}   {wording.inner(path, one.thing.facts)}"
            continue
        yield str(one)


def _changed(old: Thing, new: Thing) -> Change:
    differ = {
        name
        for name in {*old.facts, *new.facts}
        if old.facts.get(name) != new.facts.get(name)
    }
    return Change(
        new,
        CHANGED,
        {name: old.facts[name] for name in old.facts if name in differ},
        {name: new.facts[name] for name in new.facts if name in differ},
    )


def _difference(name: str, before: str | None, after: str | None) -> str:
    if before is None or after is None:
        there = wording.shortened(before or after or "")
        return f"{name} {'none' if before is None else there} → " + (
            "none" if after is None else there
        )
    return f"{name} {' → '.join(wording.contrast(before, after))}"
