"""SQLite: both files on one connection, compared value by value.

No checksum is needed where one query sees both sides.
"""

# ruff: noqa: S608 (the names are the database's own, and quoted)

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from turbo_hipster_databases.engine import Server
from turbo_hipster_real_db_upgrade.catalogue.model import Column, Table
from turbo_hipster_real_db_upgrade.checking.bounding import bounded
from turbo_hipster_real_db_upgrade.checking.budget import Budget
from turbo_hipster_real_db_upgrade.checking.data.comparing.model import (
    FEW,
    Compared,
    Comparer,
    Tables,
    shown,
)


class Attached(Comparer):
    """The file before is attached to the one after, and both are read."""

    def __init__(
        self, before: Server, after: Server, budget: Budget | None = None
    ) -> None:
        super().__init__(before, after, budget)
        other = before.connect()
        try:
            path = other.execute("PRAGMA database_list").fetchone()[2]
        finally:
            other.close()
        self._connection = after.connect()
        self._connection.execute("ATTACH ? AS th_before", (path,))
        self._connection.execute("PRAGMA query_only = 1")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def size(self, table: Table) -> int:
        """Return its rows: to count them is cheap."""
        return self.rows(table)

    def rows(self, table: Table, *, after: bool = False) -> int:
        """Count them."""
        side = "main" if after else "th_before"
        return self._number(f"SELECT COUNT(*) FROM {side}.{_name(table.name)}")

    def filled(self, table: Table, column: str) -> int:
        """Count them."""
        return self._number(
            f"SELECT COUNT({_name(column)}) FROM th_before.{_name(table.name)}"
        )

    def compare(self, tables: Tables, counted: Collection[str]) -> Compared:
        """Compare by key, or as bags of rows."""
        before = self.rows(tables.before)
        after = self.rows(tables.after, after=True)
        if not tables.key:
            return Compared(
                before,
                after,
                gone=self._missing(tables, "th_before", "main"),
                came=self._missing(tables, "main", "th_before"),
            )
        joined = _joined(tables)
        asked = "".join(f", SUM({_unlike(pair)})" for pair in tables.pairs)
        [row] = self._ask(f"SELECT COUNT(*){asked} FROM {joined}")
        names = [pair.old.name for pair in tables.pairs]
        found = zip(
            names, map(int, (one or 0 for one in row[1:])), strict=True
        )
        differs: dict[str, int | None] = {
            name: count for name, count in found if count
        }
        gone, came = before - row[0], after - row[0]
        if not _is_key(tables) or min(gone, came) < 0:
            gone = self._number(f"SELECT COUNT(*) {_only(tables, 'old')}")
            came = self._number(f"SELECT COUNT(*) {_only(tables, 'new')}")
        first = {
            pair.old.name: self._keys(
                tables, f"FROM {joined} WHERE {_unlike(pair)}"
            )
            for pair in tables.pairs
            if pair.old.name in differs and pair.old.name in counted
        }
        if gone:
            first[""] = self._keys(tables, _only(tables, "old"))
        return Compared(before, after, gone, came, differs, first)

    def _keys(self, tables: Tables, rest: str) -> Sequence[str]:
        key = ", ".join(_of("old", pair.old) for pair in tables.key)
        found = self._ask(f"SELECT {key} {rest} ORDER BY {key} LIMIT {FEW}")
        return tuple(map(shown, found))

    def _missing(self, tables: Tables, here: str, there: str) -> int:
        """Count the rows of one side that the other has not as often."""
        if not tables.pairs:
            return 0
        sides = {
            "th_before": (
                tables.before.name,
                [pair.old.name for pair in tables.pairs],
            ),
            "main": (
                tables.after.name,
                [pair.new.name for pair in tables.pairs],
            ),
        }
        each = []
        for side in (here, there):
            table, names = sides[side]
            bare = ", ".join(f"{_name(one)} COLLATE BINARY" for one in names)
            each.append(
                f"SELECT {bare}, ROW_NUMBER() OVER (PARTITION BY {bare})"
                f" FROM {side}.{_name(table)}"
            )
        return self._number(f"SELECT COUNT(*) FROM ({' EXCEPT '.join(each)})")

    def _number(self, query: str) -> int:
        return int(self._ask(query)[0][0])

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        with bounded(self._connection, "sqlite", self.budget):
            return list(self._connection.execute(query).fetchall())


def _is_key(tables: Tables) -> bool:
    """Say whether the key is one after the step as well."""
    return set(tables.after.primary) == {pair.new.name for pair in tables.key}


def _joined(tables: Tables) -> str:
    return (
        f"th_before.{_name(tables.before.name)} AS old JOIN"
        f" main.{_name(tables.after.name)} AS new ON {_same(tables)}"
    )


def _only(tables: Tables, side: str) -> str:
    """Select from what one side has alone."""
    own = f"th_before.{_name(tables.before.name)} AS old"
    other = f"main.{_name(tables.after.name)} AS new"
    if side == "new":
        own, other = other, own
    return (
        f"FROM {own} WHERE NOT EXISTS"
        f" (SELECT 1 FROM {other} WHERE {_same(tables)})"
    )


def _same(tables: Tables) -> str:
    return " AND ".join(
        f"{_of('old', pair.old)} IS {_of('new', pair.new)}"
        for pair in tables.key
    )


def _unlike(pair: Any) -> str:
    """Compare as bytes: a collation may hold two texts for one."""
    old, new = _of("old", pair.old), _of("new", pair.new)
    return f"({old} COLLATE BINARY IS NOT {new})"


def _of(side: str, column: Column) -> str:
    return f"{side}.{_name(column.name)}"


def _name(name: str) -> str:
    quoted = name.replace('"', '""')
    return f'"{quoted}"'
