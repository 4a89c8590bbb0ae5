"""Gathering the things of a schema while it is read.

A thing that the engine had to name itself is known by what it is, such as
``(email)``, and not by that name: the name depends on the order in which
things were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from turbo_hipster_databases.schema.model import Schema, Thing
from turbo_hipster_databases.schema.sql_text import listed

Path = tuple[str, ...]
Part = tuple[Path, dict[str, str]]
Parts = Mapping[Path, Thing]


class Gathering:
    """Things found so far."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._things: dict[Path, Thing] = {}

    def add(self, path: Path, facts: dict[str, str]) -> None:
        """Add a thing; empty facts are left out."""
        self._things[path] = Thing(path, kept(facts))

    def add_parts(self, parts: Parts) -> None:
        """Add what ``numbered`` made."""
        self._things.update(parts)

    def schema(self) -> Schema:
        """Return what was gathered."""
        return Schema(self._engine, self._things)


def numbered(parts: Iterable[Part]) -> Parts:
    """Make things; those of the same path get a number.

    It goes by their facts, so that it does not matter which was first.
    """
    found: dict[Path, list[dict[str, str]]] = {}
    for path, facts in parts:
        found.setdefault(path, []).append(kept(facts))
    things = {}
    for path, alike in found.items():
        if len(alike) > 1:
            alike.sort(key=lambda facts: sorted(facts.items()))
        for number, facts in enumerate(alike, 1):
            known = f"{path[-1]} #{number}" if number > 1 else path[-1]
            place = (*path[:-1], known)
            things[place] = Thing(place, facts)
    return things


def kept(facts: dict[str, str]) -> dict[str, str]:
    """Leave out what is empty."""
    return {name: value for name, value in facts.items() if value}


def part(
    owner: tuple[str, str], kind: str, name: str, facts: dict[str, str]
) -> Part:
    """Return a part of a table; without a name it is known by its facts."""
    if not name:
        name = facts.get("expression") or f"({facts['columns']})"
    return (*owner, kind, name), facts


def referred(table: str, columns: Sequence[str]) -> str:
    """Return what a foreign key refers to as ``table(columns)``."""
    return f"{listed([table])}({listed(columns)})"


def action(word: str) -> str:
    """Return what a foreign key does; nothing where it only refuses."""
    word = word.lower()
    return "" if word == "no action" else word
