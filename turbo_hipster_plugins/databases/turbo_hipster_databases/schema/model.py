"""A schema as a value, independent of order and of generated names."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from turbo_hipster_databases.schema import wording


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


BOOKKEEPING = frozenset(
    {"alembic_version", "django_migrations", "migrate_version"}
)
"""Tables in which migration tools note where they are."""


@dataclasses.dataclass(frozen=True, slots=True)
class Schema:
    """A whole schema; equal when the databases behave alike.

    The order of a table's columns is not a part of it: a column that is
    dropped and made again comes last, and nearly every undoing does that.
    The order of columns in a key or an index is.
    """

    engine: str
    things: Mapping[tuple[str, ...], Thing]

    def without(self, *tables: str) -> Schema:
        """Return the schema without these tables, BOOKKEEPING for one."""
        return Schema(
            self.engine,
            {
                path: thing
                for path, thing in self.things.items()
                if path[0] != "table" or path[1] not in tables
            },
        )

    def __str__(self) -> str:
        """Return every thing on a line, in an order that is always so."""
        return "\n".join(
            [
                self.engine,
                *wording.outline(
                    {path: thing.facts for path, thing in self.things.items()}
                ),
            ]
        )
