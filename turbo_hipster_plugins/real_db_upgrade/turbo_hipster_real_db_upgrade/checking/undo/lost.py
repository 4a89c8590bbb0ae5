"""What of a state is not there any more, after the way up and back."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_real_db_upgrade.catalogue.model import Table
from turbo_hipster_real_db_upgrade.catalogue.reading import read
from turbo_hipster_real_db_upgrade.checking.budget import Budget
from turbo_hipster_real_db_upgrade.checking.data.comparing.attached import (
    Attached,
)
from turbo_hipster_real_db_upgrade.checking.data.comparing.hashed import Hashed
from turbo_hipster_real_db_upgrade.checking.data.comparing.model import (
    Compared,
    Comparer,
    Pair,
    Tables,
)
from turbo_hipster_real_db_upgrade.measuring.touched import touched


@dataclasses.dataclass(frozen=True, slots=True)
class Lost:
    """Rows of a table that are gone, or values of a column that differ.

    ``column`` is empty for rows; ``of`` is how many rows the table had.
    """

    table: str
    column: str
    count: int
    of: int

    def __str__(self) -> str:
        if self.column:
            what = "value" if self.count == 1 else "values"
            return f"{self.count:,} {what} of {self.table}.{self.column}"
        what = "row" if self.count == 1 else "rows"
        return f"{self.count:,} of {self.of:,} {what} of {self.table}"


@contextlib.contextmanager
def comparer(
    before: Server, after: Server, budget: Budget | None = None
) -> Iterator[Comparer]:
    """Open what compares two servers of one engine, within the budget."""
    kind = Attached if before.engine.name == "sqlite" else Hashed
    made = kind(before, after, budget)
    try:
        yield made
    finally:
        made.close()


def tables(server: Server) -> Mapping[str, Table]:
    """Return the tables of a server, by name."""
    with contextlib.closing(server.connect()) as connection:
        return read(server.engine.name, connection)


def reached(
    statements: Collection[str] | None,
    named: Collection[str],
    known: Mapping[str, Table],
    schema: Schema,
) -> list[str]:
    """Return the tables that statements may have changed rows of.

    Those that they name, with what foreign keys and triggers do from there;
    all, where the statements are not known.
    """
    if statements is None:
        return sorted(known)
    found = {*touched(statements, known), *(set(named) & set(known))}
    waiting = sorted(found)
    while waiting:
        table = waiting.pop()
        more = {
            child.name
            for child in known.values()
            if any(key.table == table for key in child.foreign_keys)
        }
        more.update(touched(_triggers(schema, table), known))
        waiting += sorted(more - found)
        found |= more
    return sorted(found)


def _triggers(schema: Schema, table: str) -> list[str]:
    return [
        " ".join(thing.facts.values())
        for path, thing in schema.things.items()
        if path[:3] == ("table", table, "trigger")
    ]


def clocks(schema: Schema, table: str) -> frozenset[str]:
    """Return the columns that the engine sets to the time by itself."""
    return frozenset(
        path[3]
        for path, thing in schema.things.items()
        if path[:3] == ("table", table, "column")
        and thing.facts.get("on update")
    )


def held_against(
    old: Table,
    new: Table,
    without: Collection[str] = (),
    *,
    keyed: bool = True,
) -> Tables:
    """Return a table and its later self, column by column of one name."""
    now = {name.lower(): column for name, column in new.columns.items()}
    pairs = {
        name: Pair(column, now[name.lower()])
        for name, column in old.columns.items()
        if name.lower() in now
        and name not in without
        and not column.generated
        and not now[name.lower()].generated
    }
    key: tuple[Pair, ...] = ()
    if keyed and old.primary and set(old.primary) <= set(pairs):
        key = tuple(pairs.pop(name) for name in old.primary)
    return Tables(old, new, tuple(pairs.values()), key)


def compare(comparing: Comparer, both: Tables) -> Compared:
    """Compare, and count what differs in each column."""
    return comparing.compare(both, [pair.old.name for pair in both.pairs])


def lost(
    comparing: Comparer,
    old: Table,
    new: Table | None,
    without: Collection[str],
) -> list[Lost]:
    """Return what is lost of one table; rows that came are no loss."""
    of = comparing.rows(old)
    if new is None:
        return [Lost(old.name, "", of, of)] if of else []
    found: list[Lost] = []
    present = {name.lower() for name in new.columns}
    for name, column in old.columns.items():
        if name.lower() in present or column.generated:
            continue
        count = comparing.filled(old, name)
        if count:
            found.append(Lost(old.name, name, count, of))
    seen = compare(comparing, held_against(old, new, without))
    if seen.gone:
        found.append(Lost(old.name, "", seen.gone, of))
    found += [
        Lost(old.name, name, count or 0, of)
        for name, count in seen.differs.items()
        if count
    ]
    return found


class Blame:
    """Tells what the way up did on purpose from what the way back lost.

    What a step's way up changes or deletes in a table that stays is judged
    elsewhere; where its way back leaves that as it is, nothing more is lost.
    """

    def __init__(
        self, before: Server, up: Server, undone: Server, budget: Budget
    ) -> None:
        self._up, self._undone = tables(up), tables(undone)
        self._stack = contextlib.ExitStack()
        enter = self._stack.enter_context
        self._to_up = enter(comparer(before, up, budget))
        self._back = enter(comparer(up, undone, budget))
        self._seen: dict[tuple[str, bool], Any] = {}

    def __enter__(self) -> Blame:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def of_up(self, one: Lost, old: Table) -> bool:
        """Say whether it is the way up that did it, and meant to."""
        up, undone = self._up.get(one.table), self._undone.get(one.table)
        if up is None or undone is None:
            return False
        if not one.column:
            return self._compared(old, up, back=False).gone >= one.count
        names = {name.lower() for name in up.columns}
        if one.column.lower() not in names:
            return False
        if one.column.lower() not in {name.lower() for name in undone.columns}:
            return False
        back = self._compared(up, undone, back=True)
        return not back.differs.get(one.column)

    def _compared(self, old: Table, new: Table, *, back: bool) -> Compared:
        key = (old.name, back)
        if key not in self._seen:
            comparing = self._back if back else self._to_up
            self._seen[key] = compare(comparing, held_against(old, new))
        found: Compared = self._seen[key]
        return found
