"""Gathering the things of a schema while it is read.

A thing that the engine had to name itself is known by what it is, such as
``(email)``, and not by that name: the name depends on the order in which
things were made.
"""

from __future__ import annotations

from collections.abc import Sequence

from turbo_hipster_databases.schema.model import Schema, Thing
from turbo_hipster_databases.schema.sql_text import listed

Path = tuple[str, ...]
Parts = Sequence[tuple[Path, dict[str, str]]]


class Gathering:
    """Things found so far; empty facts are left out."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._things: dict[Path, Thing] = {}

    def add(self, path: Path, facts: dict[str, str]) -> None:
        """Add a thing; a second one of the same path gets a number."""
        self.add_parts([(path, kept(facts))])

    def add_parts(self, parts: Parts) -> None:
        """Add things whose facts are known not to be empty."""
        things = self._things
        for path, facts in parts:
            place, number = path, 1
            while place in things:
                number += 1
                place = (*path[:-1], f"{path[-1]} #{number}")
            things[place] = Thing(place, facts)

    def schema(self) -> Schema:
        """Return what was gathered."""
        return Schema(self._engine, self._things)


def kept(facts: dict[str, str]) -> dict[str, str]:
    """Leave out what is empty."""
    return {name: value for name, value in facts.items() if value}


def part(
    owner: tuple[str, str], kind: str, name: str, facts: dict[str, str]
) -> tuple[Path, dict[str, str]]:
    """Return a part of a table; without a name it is known by its facts."""
    if not name:
        name = facts.get("expression") or f"({facts['columns']})"
    return (*owner, kind, name), kept(facts)


def referred(table: str, columns: Sequence[str]) -> str:
    """Return what a foreign key refers to as ``table(columns)``."""
    return f"{listed([table])}({listed(columns)})"


def action(word: str) -> str:
    """Return what a foreign key does; nothing where it only refuses."""
    word = word.lower()
    return "" if word == "no action" else word
