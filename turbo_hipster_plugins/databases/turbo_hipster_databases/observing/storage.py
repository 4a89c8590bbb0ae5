"""Where tables are stored, to tell which were written anew."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Self


@dataclasses.dataclass(frozen=True, slots=True)
class Storage:
    """What a server's tables are stored in, at a moment.

    ``tables`` maps a table to its places: the engine's own numbers, which
    change when all rows of a table are written anew.  A partitioned table
    has several.  ``size`` is the bytes of all of them.
    """

    tables: Mapping[str, frozenset[int]] = dataclasses.field(
        default_factory=dict
    )
    size: int = 0

    @classmethod
    def of(cls, places: Iterable[tuple[str, int, int]]) -> Self:
        """Return the storage of (table, place, bytes)."""
        tables: dict[str, frozenset[int]] = {}
        total = 0
        for table, place, size in places:
            tables[table] = tables.get(table, frozenset()) | {place}
            total += size
        return cls(tables, total)

    def rewritten(self, before: Storage) -> tuple[str, ...]:
        """Return the tables that were there before and have new places.

        A place that was there under another name was only renamed.
        """
        old = frozenset().union(*before.tables.values())
        return tuple(
            sorted(
                table
                for table, places in self.tables.items()
                if table in before.tables and places.isdisjoint(old)
            )
        )

    def renamed(self, before: Storage) -> Mapping[str, str]:
        """Return the tables that are gone, with the names they have now."""
        homes = {
            place: table
            for table, places in self.tables.items()
            for place in places
        }
        return {
            table: homes[place]
            for table, places in before.tables.items()
            for place in places
            if table not in self.tables and place in homes
        }
