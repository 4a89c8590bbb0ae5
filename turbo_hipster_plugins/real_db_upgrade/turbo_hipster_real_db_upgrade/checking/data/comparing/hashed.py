"""Servers: sums of hashes that each works out by itself, held together.

A hash is over key and value, a sum over rows: neither their order nor how
they lie on disk matters, and no value leaves the server.  Only where sums
differ, rows are gone through one by one.
"""

# ruff: noqa: S608 (the names are the database's own, and quoted)

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from typing import Any

from turbo_hipster_databases.engine import Server
from turbo_hipster_real_db_upgrade.catalogue.model import Column, Table
from turbo_hipster_real_db_upgrade.checking.bounding import bounded, in_time
from turbo_hipster_real_db_upgrade.checking.budget import Budget
from turbo_hipster_real_db_upgrade.checking.data.comparing import words
from turbo_hipster_real_db_upgrade.checking.data.comparing.merging import (
    Merged,
)
from turbo_hipster_real_db_upgrade.checking.data.comparing.model import (
    Compared,
    Comparer,
    Pair,
    Tables,
)

PARTS = 1024
"""Into how many parts, by the hash of the key, a table is cut to find those
that differ."""


class Hashed(Comparer):
    """Two servers of an engine that has hashes of its own."""

    def __init__(
        self, before: Server, after: Server, budget: Budget | None = None
    ) -> None:
        super().__init__(before, after, budget)
        self._engine = before.engine.name
        self._words = words.of(before.engine.name, before.release.version)
        self._ends = [before.connect(), after.connect()]
        self._known: dict[tuple[int, str], list[tuple[Any, ...]]] = {}

    def close(self) -> None:
        """Close the connections."""
        for end in self._ends:
            end.close()

    def size(self, table: Table) -> int:
        """Return its bytes on disk."""
        name = self._words.table(table)
        if self._words.mark == "`":
            name = table.name
        with contextlib.closing(self._ends[0].cursor()) as cursor:
            cursor.execute(self._words.size, (name,))
            row = cursor.fetchone()
        return int(row[0] or 0) if row else 0

    def rows(self, table: Table, *, after: bool = False) -> int:
        """Count them."""
        query = f"SELECT COUNT(*) FROM {self._words.table(table)}"
        return int(self._ask(after, query)[0][0])

    def filled(self, table: Table, column: str) -> int:
        """Count them."""
        name = self._words.name(column)
        query = f"SELECT COUNT({name}) FROM {self._words.table(table)}"
        return int(self._ask(False, query)[0][0])

    def compare(self, tables: Tables, counted: Collection[str]) -> Compared:
        """Compare the sums; where they differ, the rows."""
        form = words.form
        apart = [one.old.name for one in tables.pairs if form(one) is None]
        pairs = [one for one in tables.pairs if form(one) is not None]
        key = [one for one in tables.key if form(one) is not None]
        if len(key) < len(tables.key):
            key = []
        whole = pairs
        if not key:
            key, pairs = whole, []
        if not key:
            return Compared(
                self.rows(tables.before),
                self.rows(tables.after, after=True),
                apart=tuple(apart),
            )
        sides = [
            _Side(self._words, table, key, pairs, old)
            for table, old in ((tables.before, True), (tables.after, False))
        ]
        sums = [
            self._ask(bool(place), side.sums())[0]
            for place, side in enumerate(sides)
        ]
        before, after = int(sums[0][0]), int(sums[1][0])
        unlike = [
            pair
            for place, pair in enumerate(pairs)
            if sums[0][2 + place] != sums[1][2 + place]
        ]
        if sums[0][:2] == sums[1][:2]:
            looked = [one for one in unlike if one.old.name in counted]
            if not looked:
                return Compared(
                    before,
                    after,
                    differs={one.old.name: None for one in unlike},
                    apart=tuple(apart),
                )
        else:
            looked = [one for one in pairs if one.old.name in counted]
        merged = self._rows(tables, key, looked, with_keys=bool(tables.key))
        differs: dict[str, int | None] = {}
        if sums[0][:2] == sums[1][:2]:
            differs = {one.old.name: None for one in unlike}
        differs |= merged.differs
        return Compared(
            before,
            after,
            merged.gone,
            merged.came,
            differs,
            merged.first,
            tuple(apart),
        )

    def _rows(
        self,
        tables: Tables,
        key: Sequence[Pair],
        pairs: Sequence[Pair],
        *,
        with_keys: bool,
    ) -> Merged:
        """Go through the rows of the parts that differ."""
        sides = [
            _Side(self._words, table, key, pairs, old)
            for table, old in ((tables.before, True), (tables.after, False))
        ]
        parts = [
            set(self._ask(bool(place), side.sums(PARTS)))
            for place, side in enumerate(sides)
        ]
        unlike = sorted({int(row[0]) for row in parts[0] ^ parts[1]})
        merged = Merged([pair.old.name for pair in pairs])
        with contextlib.ExitStack() as stack:
            streams: list[words.Rows] = []
            for end, side in zip(self._ends, sides, strict=True):
                stack.enter_context(bounded(end, self._engine, self.budget))
                query = side.rows(unlike, with_keys)
                stream = self._words.stream(end, query)
                stack.enter_context(contextlib.closing(stream))
                streams.append(stream)
            merged.merge(*(in_time(one, self.budget) for one in streams))
        return merged

    def _ask(self, after: bool, query: str) -> list[tuple[Any, ...]]:
        """Ask a server, once for each question."""
        known = self._known.get((after, query))
        if known is None:
            end = self._ends[after]
            with (
                bounded(end, self._engine, self.budget),
                contextlib.closing(end.cursor()) as cursor,
            ):
                cursor.execute(query)
                known = [tuple(row) for row in cursor.fetchall()]
            self._known[after, query] = known
        return known


class _Side:
    """The queries for one side of a comparison."""

    def __init__(
        self,
        texts: words.Words,
        table: Table,
        key: Sequence[Pair],
        pairs: Sequence[Pair],
        old: bool,
    ) -> None:
        def column(pair: Pair) -> Column:
            return pair.old if old else pair.new

        def text(pair: Pair) -> str:
            return texts.text(column(pair), words.form(pair) or words.ITSELF)

        self._hash = texts.key([text(pair) for pair in key])
        self._values = [
            texts.value.format("th_key", text(pair)) for pair in pairs
        ]
        self._keys = [texts.name(column(pair).name) for pair in key]
        self._from = (
            f"FROM (SELECT *, COALESCE({self._hash}, 0) AS th_key"
            f" FROM {texts.table(table)}{texts.fence}) th_rows"
        )

    def sums(self, parts: int = 0) -> str:
        """Ask for rows and sums; with ``parts`` of each part, named first."""
        sums = "".join(f", SUM({one})" for one in self._values)
        asked = f"COUNT(*), SUM(th_key){sums} {self._from}"
        if not parts:
            return f"SELECT {asked}"
        return f"SELECT th_key & {parts - 1}, {asked} GROUP BY 1"

    def rows(self, parts: Sequence[int], with_keys: bool) -> str:
        """Ask for hash, hashes of values and keys of each row, in order."""
        columns = ["th_key", *self._values, *(self._keys if with_keys else ())]
        asked = f"SELECT {', '.join(columns)} {self._from}"
        if len(parts) < PARTS // 2:
            named = ", ".join(map(str, parts or [-1]))
            asked += f" WHERE th_key & {PARTS - 1} IN ({named})"
        return f"{asked} ORDER BY 1"
