"""How the unique keys and foreign keys of one table are kept.

A unique key is kept by one column that counts the rows, where there is one
with enough values.  Else it is a combination of parents and of the few values
of other columns: every combination is used once, and when there are no more,
the table is full.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from turbo_hipster_real_db_upgrade.catalogue.dialects import Dialect
from turbo_hipster_real_db_upgrade.catalogue.model import (
    ForeignKey,
    Kind,
    Table,
)
from turbo_hipster_real_db_upgrade.making.domains import Nth
from turbo_hipster_real_db_upgrade.making.refusal import CannotFill

PREFERRED = (
    Kind.WHOLE, Kind.UUID, Kind.TEXT, Kind.NUMBER, Kind.BYTES, Kind.MOMENT,
)  # fmt: skip
"""Kinds of columns that count rows, best first."""

Part = ForeignKey | str
"""What a combination is made of: a parent, or a column of its own."""


class Keys:
    """The keys of a table that gets ``rows`` more rows, from ``first`` on.

    ``sizes`` are how many values its columns have, ``parents`` how many rows
    there are to refer to.  If there are too few of both, ``rows`` is less
    than was wanted afterwards.

    ``owners`` says which foreign key a column's value comes from; ``nulls``
    are columns that stay NULL, since two keys want different values there;
    ``counted`` are columns that count the rows; ``places`` say which parent,
    or which value of its own, the row ``n`` has in a combination.  ``ends``
    are the rows from which on a foreign key is NULL, as there is no further
    combination.
    """

    def __init__(
        self,
        dialect: Dialect,
        tables: Mapping[str, Table],
        table: Table,
        first: int,
        rows: int,
        *,
        sizes: Mapping[str, int],
        parents: Mapping[str, int],
    ) -> None:
        self._dialect = dialect
        self._tables = tables
        self._table = table
        self._sizes = sizes
        self._parents = parents
        self.first = first
        self.rows = rows
        self.owners: dict[str, ForeignKey] = {}
        self.nulls: set[str] = set()
        self.counted: set[str] = set()
        self.places: dict[Part, Nth] = {}
        self.ends: dict[Part, int] = {}
        self._alone: set[Part] = set()
        if rows:
            self._own()
            for unique in sorted(table.uniques, key=len):
                self._keep(unique)

    def _own(self) -> None:
        """Give each column to one foreign key, to the widest first."""
        for key in sorted(
            self._table.foreign_keys, key=lambda key: -len(key.columns)
        ):
            if not self.owners.keys() & set(key.columns):
                self.owners.update(dict.fromkeys(key.columns, key))
            elif not self._implied(key):
                self._give_up(key)

    def _implied(self, key: ForeignKey) -> bool:
        """Say whether a wider key sees to a narrower one."""
        owner, *others = {self.owners.get(name) for name in key.columns}
        if others or owner is None:
            return False
        theirs = tuple(
            owner.references[owner.columns.index(name)] for name in key.columns
        )
        if (owner.table, theirs) == (key.table, key.references):
            return True
        return any(
            (one.columns, one.table, one.references)
            == (theirs, key.table, key.references)
            for one in self._tables[owner.table].foreign_keys
        )

    def _give_up(self, key: ForeignKey) -> None:
        """Leave a column of a foreign key NULL, if one may be."""
        for taken in (False, True):
            for name in key.columns:
                nullable = self._table.columns[name].nullable
                if nullable and (name in self.owners) == taken:
                    self.nulls.add(name)
                    return
        owner = next(
            self.owners[name] for name in key.columns if name in self.owners
        )
        raise CannotFill(
            f"{self._table}: the foreign keys {key} and {owner} share a "
            f"column, and no row is known that keeps both; {self._way_out()}"
        )

    def _way_out(self) -> str:
        return f"leave the table out with --rows-of {self._table}=0"

    def _keep(self, unique: Sequence[str]) -> None:
        """See to it that no two rows are alike in these columns."""
        if (self.nulls | self.counted).intersection(unique):
            return
        whole = [
            key
            for key in dict.fromkeys(self.owners.values())
            if set(key.columns) <= set(unique)
        ]
        if self._alone.intersection(whole, unique):
            return
        counting = self._counting(unique)
        if counting:
            self.counted.add(counting)
        else:
            self._combine(unique, whole)

    def _counting(self, unique: Sequence[str]) -> str:
        """Return the column that can count the rows best, if one can."""

        def rank(name: str) -> int:
            kind = self._table.columns[name].kind
            known = kind in PREFERRED
            return PREFERRED.index(kind) if known else len(PREFERRED)

        last = self.first + self.rows
        able = [
            name for name in self._own_of(unique) if self._sizes[name] >= last
        ]
        return min(able, key=rank, default="")

    def _own_of(self, unique: Iterable[str]) -> list[str]:
        """Return the columns whose values may still be chosen."""
        return [
            name
            for name in unique
            if name not in self.owners
            and name not in self.places
            and self._sizes.get(name, 0) > 1
        ]

    def _combine(
        self, unique: Sequence[str], whole: Sequence[ForeignKey]
    ) -> None:
        sizes: dict[Part, int] = {
            key: self._parents[key.table]
            for key in whole
            if key not in self.places and self._parents[key.table]
        }
        sizes |= {name: self._sizes[name] for name in self._own_of(unique)}
        if not sizes:
            raise CannotFill(
                f"{self._table}: no values are known that keep its key "
                f"({', '.join(unique)}) unique; {self._way_out()}"
            )
        parts: list[Part] = []
        most = 1
        for part in sizes:
            if most < self.rows:
                parts.append(part)
                most *= sizes[part]
        if most < self.rows:
            ending = [part for part in parts if self._may_end(part)]
            if ending:
                self.ends[ending[0]] = self.first + most
            else:
                self.rows = most
        self._place(parts, sizes)

    def _may_end(self, part: Part) -> bool:
        return isinstance(part, ForeignKey) and self._table.nullable(
            part.columns
        )

    def _place(self, parts: Sequence[Part], sizes: Mapping[Part, int]) -> None:
        """Have the row's number choose, as wheels turn: each combination once.

        Every wheel is also turned by the first one, so that few rows know
        many parents.
        """
        for at, part in enumerate(parts):
            below = math.prod(sizes[one] for one in parts[:at])
            self.places[part] = self._turned(
                below, sizes[part], sizes[parts[0]] if at else 0
            )
        if len(parts) == 1:
            self._alone.add(parts[0])

    def _turned(self, below: int, size: int, first_size: int) -> Nth:
        def turned(n: str) -> str:
            row = f"({n} - {self.first})"
            if not first_size:
                return f"({row} % {size})"
            wheel = self._dialect.divided(row, below)
            return f"(({wheel} + {row} % {first_size}) % {size})"

        return turned
