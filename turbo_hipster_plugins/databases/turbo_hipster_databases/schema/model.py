"""A schema as a value, independent of order and of generated names."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, slots=True)
class Thing:
    """One part of a schema: a column, an index, a view.

    ``path`` names it from the outside in, such as ``("table", "users",
    "column", "name")``; ``facts`` are what matters of it, normalised.
    """

    path: tuple[str, ...]
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join(self.path)


@dataclasses.dataclass(frozen=True, slots=True)
class Schema:
    """A whole schema; equal when the databases behave alike."""

    engine: str
    things: Mapping[tuple[str, ...], Thing]
