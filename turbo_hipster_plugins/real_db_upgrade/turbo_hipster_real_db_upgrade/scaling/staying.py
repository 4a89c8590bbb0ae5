# ruff: noqa: S608  (names are the database's own, in quotes)
"""Which rows stay when a share of the data is to.

A table of fewer than SMALL rows stays whole: it lists kinds and settings, and
all others refer to it.  Of the rest, rows stay by a hash of their key, or
with the parent that they belong to.  Parents of what stays then stay as well.
All of it only grows with the share, so that 1 % is a part of 10 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from turbo_hipster_real_db_upgrade.catalogue.asking import execute
from turbo_hipster_real_db_upgrade.catalogue.dialects import Dialect
from turbo_hipster_real_db_upgrade.catalogue.model import (
    ForeignKey,
    Kind,
    Table,
)

SMALL = 1_000
"""Rows below which a table stays whole."""

FAN = 50
"""Children of one parent, on average, up to which they stay with it: those
of a few large parents would be all or none."""

FACTOR, OFFSET, PRIME = 1_640_531_527, 12_345, 2_147_483_647


def identity(table: Table) -> tuple[str, ...]:
    """Return the columns that tell a table's rows apart; none may be NULL."""
    whole = (
        unique
        for unique in table.uniques
        if not any(table.columns[name].nullable for name in unique)
    )
    return table.primary or next(whole, ())


class Staying:
    """The rows that stay: their keys lie in tables of ours meanwhile."""

    def __init__(
        self,
        engine_name: str,
        dialect: Dialect,
        connection: Any,
        tables: Mapping[str, Table],
        counts: Mapping[str, int],
        share: float,
    ) -> None:
        self._engine = engine_name
        self._dialect = dialect
        self._connection = connection
        self._tables = tables
        self._counts = counts
        self._most = round(share * PRIME)
        self._kept: dict[str, str] = {}
        self._conditions: dict[str, str] = {}
        self._belongs: dict[str, ForeignKey] = {}
        self._begun: set[str] = set()
        self.thinned = [
            name for name, count in counts.items() if count >= SMALL
        ]

    def work_out(self) -> None:
        """Choose the rows."""
        for name in self.thinned:
            self._choose(name)
        grown = self._take_parents(self._tables, self._belongs)
        while grown:  # these have parents of their own
            grown = self._take_parents(grown, {})

    def rows(self, name: str) -> str:
        """Return what stands behind FROM for the rows that stay, as ``c``."""
        table = self._tables[name]
        condition = self._conditions.get(name)
        where = f" WHERE {condition}" if condition else ""
        return f"{self._all_staying(table)}{where}"

    def values(self, name: str, alias: str = "c") -> Mapping[str, str]:
        """Return what a row that stays has in its columns.

        A row of a tree whose parent goes has none: NULL, where it may be.
        """
        table = self._tables[name]
        found = {
            column.name: f"{alias}.{self._dialect.name(column.name)}"
            for column in table.columns.values()
            if not column.generated
        }
        for key in table.foreign_keys:
            if not self._cut(table, key) or name not in self._kept:
                continue
            parent = self._parent_stays(key, alias)
            for column in key.columns:
                if table.columns[column].nullable:
                    found[column] = (
                        f"CASE WHEN {parent} THEN {found[column]} END"
                    )
        return found

    def close(self) -> None:
        """Drop our tables."""
        for kept in self._kept.values():
            execute(self._connection, f"DROP TABLE {kept}")
        self._kept.clear()

    def _choose(self, name: str) -> None:
        """Choose a table's own rows, those of its parent first."""
        if name in self._begun:
            return
        self._begun.add(name)
        table = self._tables[name]
        key = self._belongs_to(table)
        condition = self._hashed(table)
        if key is not None:
            self._choose(key.table)
            if key.table in self._kept:
                own = [f"c.{self._dialect.name(one)}" for one in key.columns]
                alone = " OR ".join(f"{one} IS NULL" for one in own)
                stays = self._parent_stays(key, "c")
                self._belongs[name] = key
                condition = f"({stays} OR (({alone}) AND {condition}))"
        if not identity(table):
            self._conditions[name] = condition
            return
        kept = self._made(table, len(self._kept))
        names = self._dialect.names(identity(table))
        self._add(
            kept,
            f"SELECT {names} FROM {self._dialect.table(table)} c "
            f"WHERE {condition}",
        )
        self._kept[name] = kept

    def _belongs_to(self, table: Table) -> ForeignKey | None:
        """Return the foreign key to the parent that it stays with, if any."""
        fitting = [
            key
            for key in table.foreign_keys
            if key.table != table.name
            and self._counts.get(key.table, 0) >= SMALL
            and self._counts[key.table] * FAN >= self._counts[table.name]
        ]
        return max(
            fitting,
            key=lambda key: (
                not table.nullable(key.columns),
                self._counts[key.table],
            ),
            default=None,
        )

    def _take_parents(
        self, children: Iterable[str], there: Mapping[str, ForeignKey]
    ) -> list[str]:
        """Have the parents of what stays stay; return what grew by that.

        The parents by those ``there`` stay already.
        """
        grown = []
        for name in children:
            table = self._tables[name]
            for key in table.foreign_keys:
                if key.table not in self._kept or self._cut(table, key):
                    continue
                if key != there.get(name) and self._take(table, key):
                    grown.append(key.table)
        return list(dict.fromkeys(grown))

    def _take(self, table: Table, key: ForeignKey) -> int:
        """Have the parents by one foreign key stay; how many are new."""
        parent = self._tables[key.table]
        name = self._dialect.name
        theirs = ", ".join(f"q.{name(one)}" for one in identity(parent))
        own = ", ".join(f"c.{name(one)}" for one in key.columns)
        return self._add(
            self._kept[key.table],
            f"SELECT {theirs} FROM (SELECT DISTINCT {own} FROM "
            f"{self.rows(table.name)}) d {self._dialect.then_join} "
            f"{self._dialect.table(parent)} q ON "
            f"{self._same(key.columns, 'd', key.references, 'q')}",
        )

    def _all_staying(self, table: Table) -> str:
        """Return the rows ``c`` that stay, found by their keys."""
        name = self._dialect.table(table)
        if table.name not in self._kept:
            return f"{name} c"
        key = identity(table)
        return (
            f"{self._kept[table.name]} k {self._dialect.then_join} {name} c "
            f"ON {self._same(key, 'k', key, 'c')}"
        )

    def _cut(self, table: Table, key: ForeignKey) -> bool:
        """Say whether a tree's rows do without the parents that go."""
        return key.table == table.name and table.nullable(key.columns)

    def _hashed(self, table: Table, alias: str = "c") -> str:
        """Return the condition that a key's hash is in the share."""
        names = identity(table) or tuple(table.columns)
        columns = [f"{alias}.{self._dialect.name(name)}" for name in names]
        whole = table.columns[names[0]].kind is Kind.WHOLE
        if len(columns) == 1 and whole:
            number = f"(abs({self._dialect.wide(columns[0])}) % {PRIME})"
        else:
            number = f"({self._dialect.hashed(columns)} % {PRIME})"
        return f"(({number} * {FACTOR} + {OFFSET}) % {PRIME} < {self._most})"

    def _parent_stays(self, key: ForeignKey, alias: str) -> str:
        parent = self._tables[key.table]
        if set(key.references) == set(identity(parent)):
            own = [
                key.columns[key.references.index(name)]
                for name in identity(parent)
            ]
            return self._among(parent, own, alias)
        pairs = self._same(key.columns, alias, key.references, "p")
        return (
            f"EXISTS (SELECT 1 FROM {self._dialect.table(parent)} p "
            f"WHERE {pairs} AND {self._among(parent, identity(parent), 'p')})"
        )

    def _among(self, parent: Table, names: Any, alias: str) -> str:
        """Return the condition that a key is one of those that stay."""
        pairs = self._same(names, alias, identity(parent), "k")
        kept = self._kept[parent.name]
        return f"EXISTS (SELECT 1 FROM {kept} k WHERE {pairs})"

    def _same(self, own: Any, alias: str, theirs: Any, other: str) -> str:
        name = self._dialect.name
        return " AND ".join(
            f"{alias}.{name(one)} = {other}.{name(another)}"
            for one, another in zip(own, theirs, strict=True)
        )

    def _made(self, table: Table, number: int) -> str:
        """Make an empty table of keys."""
        kept = f"th_kept_{number}"
        names = self._dialect.names(identity(table))
        execute(
            self._connection,
            f"CREATE {self._dialect.temporary}TABLE {kept} AS SELECT {names} "
            f"FROM {self._dialect.table(table)} WHERE 1 = 0",
        )
        execute(
            self._connection,
            f"CREATE UNIQUE INDEX {kept}_key ON {kept} ({names})",
        )
        return kept

    def _add(self, kept: str, query: str) -> int:
        """Add the keys that a query finds; how many are new."""
        before, after = self._dialect.unless_there
        return execute(
            self._connection, f"INSERT{before} INTO {kept} {query}{after}"
        )
