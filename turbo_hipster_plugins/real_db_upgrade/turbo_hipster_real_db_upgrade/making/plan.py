"""Which row gets which values, so that every key is kept.

Each value is a function of the row's number alone.  So the key of a parent
can be worked out where the child is made, and tables can be filled in any
order: no row is ever looked up, and cycles need no second pass.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from turbo_hipster_real_db_upgrade.catalogue.dialects import Dialect
from turbo_hipster_real_db_upgrade.catalogue.model import (
    Column,
    ForeignKey,
    Table,
)
from turbo_hipster_real_db_upgrade.making import domains
from turbo_hipster_real_db_upgrade.making.domains import Domain, Nth
from turbo_hipster_real_db_upgrade.making.keys import Keys
from turbo_hipster_real_db_upgrade.making.refusal import CannotFill
from turbo_hipster_real_db_upgrade.making.standing import Standing

PRIME = 2_147_483_647
NULLS = 8
"""One of so many values is NULL, where a column may be."""


class Plan:
    """The values of all tables; ``rows`` are those to be made.

    ``columns`` are the tables' columns as their checks leave them.
    """

    def __init__(
        self,
        dialect: Dialect,
        tables: Mapping[str, Table],
        columns: Mapping[str, Mapping[str, Column]],
        standing: Mapping[str, Standing],
        wanted: Mapping[str, int],
        seed: int,
    ) -> None:
        self._dialect = dialect
        self._tables = tables
        self._columns = columns
        self._standing = standing
        self._seed = seed
        self.rows = dict(wanted)
        self._domains = {
            (table, column.name): domains.of(dialect, column)
            for table, its in columns.items()
            for column in its.values()
        }
        self._referred = {
            (key.table, name)
            for table in tables.values()
            for key in table.foreign_keys
            for name in key.references
        }
        self._keys: dict[str, Keys] = {}
        self._begun: set[str] = set()
        self._working: list[tuple[str, str]] = []
        for name in tables:
            self._work_out(name)

    def values(self, name: str) -> Mapping[str, str]:
        """Return the SQL of a row's values by column, for the row ``n``."""
        found = {}
        for column in self._columns[name].values():
            if column.generated:
                continue
            value = self._value(name, column.name)
            if value is not None:
                found[column.name] = value("n")
        return found

    def _work_out(self, name: str) -> None:
        """Work out the keys of a table, those of its parents first."""
        if name in self._begun:
            return
        self._begun.add(name)
        table = self._tables[name]
        for key in table.foreign_keys:
            if key.table not in self._tables:
                raise CannotFill(
                    f"{name}: the foreign key {key} refers to a table that "
                    "is not there"
                )
            self._work_out(key.table)
        found = Keys(
            self._dialect,
            self._tables,
            table,
            self._standing[name].first,
            self.rows[name],
            sizes={
                column: domain.size
                for column in table.columns
                if (domain := self._domains[name, column]) is not None
            },
            parents={
                key.table: self._parents(key.table)
                for key in table.foreign_keys
            },
        )
        self._keys[name] = found
        self.rows[name] = found.rows

    def _parents(self, name: str) -> int:
        """Return how many rows of a table a child can refer to."""
        return self.rows[name] or len(self._standing[name].given)

    def _value(self, name: str, column: str) -> Nth | None:
        """Return a column's value by row; None: its default will do."""
        if (name, column) in self._working:
            raise CannotFill(
                f"{name}.{column}: a foreign key leads back to itself, and "
                "no first row can be made"
            )
        self._working.append((name, column))
        try:
            return self._made(name, self._columns[name][column])
        finally:
            self._working.pop()

    def _made(self, name: str, column: Column) -> Nth | None:
        keys = self._keys[name]
        if column.name in keys.nulls:
            return lambda n: self._null(column)
        if column.name in keys.owners:
            return self._foreign(name, column, keys.owners[column.name])
        domain = self._domains[name, column.name]
        if domain is None:
            if column.nullable:
                return lambda n: self._null(column)
            if column.default:
                return None
            raise CannotFill(
                f"{name}.{column.name}: no value of the type "
                f"{column.declared} is known, and it may not be NULL; fill "
                "it by hand, or leave the table out with --rows-of "
                f"{name}=0"
            )
        if column.name in keys.counted:
            return domain.nth
        place = keys.places.get(column.name)
        if place is not None:
            return _of(domain.nth, place)
        return self._scattered(name, column, domain)

    def _scattered(self, name: str, column: Column, domain: Domain) -> Nth:
        at = f"{name}.{column.name}"
        size = domain.usual()
        if size == 1:
            value: Nth = lambda n: domain.nth("0")  # noqa: E731
        else:
            value = lambda n: domain.nth(  # noqa: E731
                f"({self._mixed(n, at)} % {size})"
            )
        if not column.nullable or (name, column.name) in self._referred:
            return value
        return self._with_nulls(value, f"{at} null", name)

    def _foreign(self, name: str, column: Column, key: ForeignKey) -> Nth:
        """Return the parent's own value, for the parent that was picked."""
        parents = self._parents(key.table)
        if not parents:
            if column.nullable:
                return lambda n: self._null(column)
            raise CannotFill(
                f"{name}.{column.name}: the foreign key {key} needs rows of "
                f"{key.table}, which is to have none"
            )
        keys, at = self._keys[name], f"{name} {key}"
        place = keys.places.get(key) or self._picked(name, key, parents, at)
        theirs = key.references[key.columns.index(column.name)]
        value = self._cast(
            _of(self._parent_value(key.table, theirs), place), column
        )
        if not column.nullable or (name, column.name) in self._referred:
            return value
        if key in keys.places:
            last = keys.ends.get(key)
            return value if last is None else self._until(last, value)
        return self._with_nulls(value, f"{at} null", name)

    def _picked(
        self, name: str, key: ForeignKey, parents: int, at: str
    ) -> Nth:
        """Scatter children over the parents; a tree grows from its root."""
        if key.table != name or not self.rows[name]:
            return lambda n: f"({self._mixed(n, at)} % {parents})"
        first = self._standing[name].first

        def above(n: str) -> str:
            before = self._dialect.larger("1", f"({n}) - {first}")
            return f"({self._mixed(n, at)} % {before})"

        return above

    def _parent_value(self, name: str, column: str) -> Nth:
        """Return a parent's value by its place among its table's rows."""
        if self.rows[name]:
            value = self._value(name, column)
            if value is None:
                raise CannotFill(
                    f"{name}.{column} is referred to, and no value of its "
                    "type is known"
                )
            first = self._standing[name].first
            return _of(value, lambda place: f"({first} + {place})")
        literals = [
            self._dialect.literal(row[column])
            for row in self._standing[name].given
        ]
        cases = " ".join(
            f"WHEN {place} THEN {literal}"
            for place, literal in enumerate(literals)
        )
        return lambda place: f"CASE {place} {cases} END"

    def _with_nulls(self, value: Nth, salt: str, name: str) -> Nth:
        """Make some values NULL; that of the first row too: it is a root."""
        first = self._standing[name].first

        def made(n: str) -> str:
            seldom = f"{self._mixed(n, salt)} < {PRIME // NULLS}"
            return (
                f"CASE WHEN {seldom} OR {n} = {first} THEN NULL "
                f"ELSE {value(n)} END"
            )

        return made

    def _until(self, last: int, value: Nth) -> Nth:
        return lambda n: f"CASE WHEN {n} < {last} THEN {value(n)} END"

    def _cast(self, value: Nth, column: Column) -> Nth:
        return lambda n: self._dialect.cast(value(n), column)

    def _null(self, column: Column) -> str:
        return self._dialect.cast("NULL", column)

    def _mixed(self, n: str, salt: str) -> str:
        """Return a number that looks random: the same for the same seed."""
        text = f"{self._seed} {salt}".encode()
        digest = hashlib.blake2b(text, digest_size=8).digest()
        factor = int.from_bytes(digest[:4]) % (PRIME - 2**24) + 2**24
        offset = int.from_bytes(digest[4:]) % PRIME
        return f"((({n}) * {factor} + {offset}) % {PRIME})"


def _of(outer: Nth, inner: Callable[[str], str]) -> Nth:
    return lambda n: outer(inner(n))
