"""One table held against its fate: what is compared, and what came of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from turbo_hipster_real_db_upgrade.catalogue.model import Column, Table
from turbo_hipster_real_db_upgrade.checking.data.bodies import Way
from turbo_hipster_real_db_upgrade.checking.data.comparing.model import (
    Compared,
    Comparer,
    Pair,
    Tables,
)
from turbo_hipster_real_db_upgrade.checking.data.fates import Fate


@dataclasses.dataclass(frozen=True)
class Held:
    """A table whose rows are still there, and how they differ.

    ``keyed`` says that its rows are told apart by their key; where that is
    not so, ``compared`` is over the columns that nothing sets.
    """

    fate: Fate
    tables: Tables
    compared: Compared

    @property
    def keyed(self) -> bool:
        """Whether rows are told apart."""
        return bool(self.tables.key)

    @property
    def lost(self) -> int:
        """The rows that are there no more."""
        found = self.compared
        if not self.keyed:
            return max(found.before - found.after, 0)
        return found.gone

    def pair(self, column: str) -> Pair:
        """Return a column and what became of it."""
        return next(
            pair for pair in self.tables.pairs if pair.old.name == column
        )


def hold(comparer: Comparer, fate: Fate, before: Table, after: Table) -> Held:
    """Compare a table with what became of it."""
    pairs = tuple(_pairs(fate, before, after))
    known = {pair.old.name: pair for pair in pairs}
    key = tuple(
        known[name]
        for name in before.primary
        if name in known
        and name.lower() not in fate.written
        and Way.REMADE not in fate.ways
    )
    counted = [name for name in known if not has_leave(fate, name)]
    if not before.primary or len(key) < len(before.primary):
        # a row is known by what nothing sets
        tables = Tables(
            before, after, tuple(known[name] for name in counted), ()
        )
    else:
        rest = tuple(pair for pair in pairs if pair not in key)
        tables = Tables(before, after, rest, key)
    return Held(fate, tables, comparer.compare(tables, counted))


def has_leave(fate: Fate, column: str) -> bool:
    """Say whether values of a column may differ."""
    low = column.lower()
    return fate.has_reason(low) or low in fate.converted | fate.dropped


def _pairs(fate: Fate, before: Table, after: Table) -> Iterator[Pair]:
    now: dict[str, Column] = {
        name.lower(): column for name, column in after.columns.items()
    }
    for name, column in before.columns.items():
        if fate.arrived is not None and name.lower() not in fate.arrived:
            continue
        new = now.get(fate.renamed.get(name.lower(), name.lower()))
        if new is not None and not column.generated and not new.generated:
            yield Pair(column, new)
