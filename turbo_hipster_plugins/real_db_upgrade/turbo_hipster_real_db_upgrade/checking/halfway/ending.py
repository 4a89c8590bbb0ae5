"""Whether a step that was killed and run again ends as it does undisturbed.

Some of what a step writes is other each time: times, random words, numbers
that the engine gives out and does not give again after a rollback.  A table
whose rows differ in their number alone is the same; and what differs between
two undisturbed runs as well is left out.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_real_db_upgrade.catalogue.model import Kind, Table
from turbo_hipster_real_db_upgrade.checking.budget import Budget
from turbo_hipster_real_db_upgrade.checking.data.comparing.model import (
    Comparer,
)
from turbo_hipster_real_db_upgrade.checking.undo.lost import (
    clocks,
    compare,
    comparer,
    held_against,
    tables,
)

Others = Mapping[tuple[str, str], int]
"""How many rows of a table, or values of a column, are others; the column is
empty for rows."""

Twin = Callable[[], contextlib.AbstractContextManager[Server | None]]
"""Lends a server on which the step ran undisturbed once more; None: there is
no time for that."""


class Ending:
    """The state after an undisturbed run, to hold others against.

    What is asked of it raises CutOff when the budget is used up meanwhile.
    """

    def __init__(
        self,
        server: Server,
        schema: Schema,
        names: Collection[str],
        twin: Twin,
        budget: Budget | None = None,
    ) -> None:
        self._server = server
        self._schema = schema
        self._names = names
        self._twin = twin
        self._budget = budget
        self._wavers: Collection[tuple[str, str]] | None = None

    def others(self, server: Server) -> Others | None:
        """Return in what a server's data differ; None: it cannot be told."""
        found = self._all(server)
        if found and self._wavers is None:
            with self._twin() as twin:
                if twin is None:
                    return None
                self._wavers = set(self._all(twin))
        return {
            what: count
            for what, count in found.items()
            if what not in (self._wavers or ())
        }

    def _all(self, server: Server) -> Others:
        here, there = tables(self._server), tables(server)
        found: dict[str, Others] = {}
        with comparer(self._server, server, self._budget) as comparing:
            renumbered: set[str] = set()
            waiting = [name for name in self._names if name in here]
            for name in list(waiting):
                other = there.get(name)
                if other is None:
                    continue  # the schema tells
                found[name] = self._one(comparing, here[name], other)
            # a row's new number is also the one that others name it by
            waiting = [name for name in waiting if found.get(name)]
            changed = True
            while changed:
                changed = False
                for name in list(waiting):
                    if self._renumbered(
                        comparing, here[name], there[name], renumbered
                    ):
                        found[name] = {}
                        renumbered.add(name)
                        waiting.remove(name)
                        changed = True
        return {
            (name, column): count
            for name, its in found.items()
            for (_, column), count in its.items()
        }

    def _one(self, comparing: Comparer, old: Table, new: Table) -> Others:
        without = clocks(self._schema, old.name)
        seen = compare(comparing, held_against(old, new, without))
        found = {
            (old.name, column): count or 1
            for column, count in seen.differs.items()
        }
        if seen.gone or seen.came:
            found[old.name, ""] = max(seen.gone, seen.came)
        return found

    def _renumbered(
        self,
        comparing: Comparer,
        old: Table,
        new: Table,
        parents: Collection[str],
    ) -> bool:
        """Say whether nothing but the numbers of rows is different."""
        numbers = {
            name
            for key in old.foreign_keys
            if key.table in parents
            for name in key.columns
        }
        if len(old.primary) == 1:
            numbers |= {
                name
                for name in old.primary
                if old.columns[name].kind is Kind.WHOLE
            }
        without = numbers | clocks(self._schema, old.name)
        if not numbers:
            return False
        both = held_against(old, new, without, keyed=False)
        seen = compare(comparing, both)
        return seen.before == seen.after and not (seen.gone or seen.came)
