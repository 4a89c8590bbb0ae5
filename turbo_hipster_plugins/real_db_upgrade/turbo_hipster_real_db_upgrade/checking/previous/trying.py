"""Trying the previous code's statements on a state, before or after.

A row is written as a copy of one that is there, which is taken away first:
so the copy breaks no unique constraint and needs no value that nobody ever
wrote.  What names other rows, or must differ from them, is taken from the
row as it is in the state at hand; all else is what the previous code wrote.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from turbo_hipster_real_db_upgrade.catalogue.model import Table
from turbo_hipster_real_db_upgrade.checking.previous import code as writing
from turbo_hipster_real_db_upgrade.checking.previous.code import (
    Code,
    Example,
    Row,
)
from turbo_hipster_real_db_upgrade.checking.previous.desk import Desk, Fault

SELECT, INSERT, UPDATE, DELETE = "SELECT", "INSERT", "UPDATE", "DELETE"


@dataclasses.dataclass(frozen=True, slots=True)
class Deed:
    """One thing that the code does: to which table, and with what.

    ``what`` is a column, or which of the examples.
    """

    table: str
    kind: str
    what: str = ""


Tried = Mapping[Deed, Fault | None]
"""What was tried, and why it fails.  What could not be tried is not here."""


def broken(before: Tried, after: Tried) -> Mapping[Deed, Fault]:
    """Return what worked before and fails now, and why."""
    return {
        deed: fault
        for deed, fault in after.items()
        if fault is not None and deed in before and before[deed] is None
    }


def tried(desk: Desk, code: Code, here: Mapping[str, Table]) -> Tried:
    """Try all of it; ``here`` are the tables of the state at hand."""
    found: dict[Deed, Fault | None] = {}
    for view, columns in code.views.items():
        call = writing.reading(desk, desk.quoted(view), columns)
        found[Deed(view, SELECT)] = desk.tried(call)
    for table in code.tables.values():
        found.update(_table(desk, code, table, here.get(table.name)))
    return found


def _table(
    desk: Desk, code: Code, table: Table, now: Table | None
) -> Iterator[tuple[Deed, Fault | None]]:
    name, examples = table.name, code.examples[table.name]
    call = writing.reading(desk, desk.table(table), tuple(table.columns))
    yield Deed(name, SELECT), desk.tried(call)
    for column, known in table.columns.items():
        if known.generated:
            continue
        example = examples[0] if examples else None
        call = writing.updating(desk, table, column, example)
        yield Deed(name, UPDATE, column), desk.tried(call)
    for number, example in enumerate(examples, 1):
        what = f"row {number}"
        there = _as_it_is(desk, example, now)
        if there is None:
            continue
        yield Deed(name, INSERT, what), _insert(desk, example, there)
        call = writing.deleting(desk, example)
        yield Deed(name, DELETE, what), desk.tried(call)


def _insert(desk: Desk, example: Example, row: Row) -> Fault | None:
    away = [writing.deleting(desk, example)]
    fault: Fault | None = None
    for columns in dict.fromkeys((example.demanded, example.usual)):
        call = writing.inserting(desk, example, columns, row)
        again = desk.tried(call, away)
        if again is None:
            return None
        fault = fault or again
    return fault


def _as_it_is(desk: Desk, example: Example, now: Table | None) -> Row | None:
    """Return the example's row in this state; None: it is not there."""
    table, row = example.table, dict(example.row)
    stable = [name for name in table.columns if now and name in now.columns]
    if now is None or not set(table.primary) <= set(stable):
        return row
    condition = f"WHERE {writing.keyed(desk, table)}"
    found = writing.first(desk, table, stable, condition, example.key)
    if found is None:
        return None
    bound = {
        name
        for one in (table, now)
        for names in (*one.uniques, *(key.columns for key in one.foreign_keys))
        for name in names
    }
    return row | {name: found[name] for name in stable if name in bound}
