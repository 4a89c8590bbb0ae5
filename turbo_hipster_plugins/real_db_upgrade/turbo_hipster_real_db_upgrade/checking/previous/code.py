"""The statements of the previous code, as its schema lets us know them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_real_db_upgrade.catalogue.model import Table
from turbo_hipster_real_db_upgrade.catalogue.reading import read
from turbo_hipster_real_db_upgrade.checking.previous.desk import Call, Desk

Row = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Example:
    """A row that the code wrote once; it is written anew by it.

    ``demanded`` are the columns without which the schema takes no row,
    ``usual`` those that no row of the dataset leaves empty.
    """

    table: Table
    row: Row
    demanded: tuple[str, ...]
    usual: tuple[str, ...]

    @property
    def key(self) -> tuple[Any, ...]:
        """The values of its primary key."""
        return tuple(self.row[name] for name in self.table.primary)


@dataclasses.dataclass(frozen=True)
class Code:
    """What the previous code works on.

    ``views`` are names of views with their columns; ``examples`` a few rows
    of each table that has a key and rows.
    """

    tables: Mapping[str, Table]
    views: Mapping[str, tuple[str, ...]]
    examples: Mapping[str, tuple[Example, ...]]


def code(desk: Desk, engine: str, schema: Schema) -> Code:
    """Read what code of this state knows."""
    tables = read(engine, desk.connection)
    views = {}
    for path in schema.things:
        if path[0] == "view" and len(path) == 2:
            columns = _columns(desk, path[1])
            if columns:
                views[path[1]] = columns
    examples = {
        name: tuple(_examples(desk, table)) for name, table in tables.items()
    }
    return Code(tables, views, examples)


def _columns(desk: Desk, view: str) -> tuple[str, ...]:
    cursor = desk.connection.cursor()
    try:
        cursor.execute(f"SELECT * FROM {desk.quoted(view)} LIMIT 0")  # noqa: S608
        return tuple(column[0] for column in cursor.description or ())
    except desk.connection.Error:  # it is broken already
        return ()
    finally:
        cursor.close()


def _examples(desk: Desk, table: Table) -> Iterator[Example]:
    """Yield the first and the last row by the key."""
    if not table.primary:
        return
    seen = set()
    for direction in ("", " DESC"):
        order = ", ".join(
            # not the text of it that is read
            f"{desk.table(table)}.{desk.quoted(name)}{direction}"
            for name in table.primary
        )
        row = first(desk, table, tuple(table.columns), f"ORDER BY {order}")
        if row is None:
            continue
        key = tuple(map(str, (row[name] for name in table.primary)))
        if key not in seen:
            seen.add(key)
            yield Example(table, row, demanded(table), usual(desk, table))


def demanded(table: Table) -> tuple[str, ...]:
    """Return the columns without which there is no row, and the key."""
    return tuple(
        name
        for name, column in table.columns.items()
        if not column.generated
        and (name in table.primary or not (column.nullable or column.default))
    )


def usual(desk: Desk, table: Table) -> tuple[str, ...]:
    """Return the columns that each row of the dataset has a value in."""
    found = []
    for name, column in table.columns.items():
        if column.generated:
            continue
        empty = column.nullable and desk.found(
            f"SELECT 1 FROM {desk.table(table)}"  # noqa: S608
            f" WHERE {desk.quoted(name)} IS NULL LIMIT 1"
        )
        if not empty:
            found.append(name)
    return tuple(found)


def first(
    desk: Desk,
    table: Table,
    columns: Sequence[str],
    rest: str,
    values: tuple[Any, ...] = (),
) -> Row | None:
    """Return the first row, in a form that can be written again."""
    read_ = desk.dialect.read
    wanted = ", ".join(read_.format(desk.quoted(name)) for name in columns)
    rows = desk.found(
        f"SELECT {wanted} FROM {desk.table(table)} {rest} LIMIT 1",  # noqa: S608
        values,
    )
    return dict(zip(columns, rows[0], strict=True)) if rows else None


def keyed(desk: Desk, table: Table) -> str:
    """Return the condition on a table's key."""
    place = desk.dialect.place
    return " AND ".join(
        f"{desk.quoted(name)} = {place}" for name in table.primary
    )


def reading(desk: Desk, name: str, columns: Sequence[str]) -> Call:
    """Return a SELECT of these columns; ``name`` is quoted already."""
    wanted = ", ".join(map(desk.quoted, columns))
    return f"SELECT {wanted} FROM {name} LIMIT 1", ()  # noqa: S608


def updating(desk: Desk, table: Table, column: str, example: Example | None
             ) -> Call:  # fmt: skip
    """Return an UPDATE of a column to itself, in one row or in none."""
    name = desk.quoted(column)
    statement = f"UPDATE {desk.table(table)} SET {name} = {name} WHERE "  # noqa: S608
    if example is None:
        return statement + "1 = 0", ()
    return statement + keyed(desk, table), example.key


def deleting(desk: Desk, example: Example) -> Call:
    """Return a DELETE of an example."""
    table = example.table
    condition = keyed(desk, table)
    return f"DELETE FROM {desk.table(table)} WHERE {condition}", example.key  # noqa: S608


def inserting(
    desk: Desk, example: Example, columns: Sequence[str], row: Row
) -> Call:
    """Return an INSERT of these columns of a row."""
    places = ", ".join([desk.dialect.place] * len(columns))
    statement = desk.dialect.insert.format(
        desk.table(example.table),
        ", ".join(map(desk.quoted, columns)),
        places,
    )
    return statement, tuple(row[name] for name in columns)
