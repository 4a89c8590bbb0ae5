"""Whether schemas of different engines amount to the same.

What is compared and where one is lenient stands in ``leniencies``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from turbo_hipster_databases.schema.difference import Difference
from turbo_hipster_databases.schema.equivalence_keys import Keys
from turbo_hipster_databases.schema.equivalence_types import Types
from turbo_hipster_databases.schema.leniencies import LENIENCIES
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_databases.schema.sides import (
    Column,
    Side,
    Table,
)
from turbo_hipster_databases.schema.spelling import EXPRESSION


def equivalent(
    one: Schema, other: Schema, *, strict: Collection[str] = ()
) -> tuple[Difference, ...]:
    """Return where two schemas are not equivalent; nothing: they are.

    ``strict`` names leniencies that do not hold this time.  A table that
    one of them lacks is one difference, whatever its parts.
    """
    unknown = set(strict) - set(LENIENCIES)
    if unknown:
        raise ValueError(f"there is no leniency {', '.join(sorted(unknown))}")
    return tuple(_Pair(one, other, frozenset(strict)).differences())


class _Pair:
    """Two schemas side by side."""

    def __init__(
        self, one: Schema, other: Schema, strict: frozenset[str]
    ) -> None:
        self._strict = strict
        self.engines = (one.engine, other.engine)
        self.one, self.other = Side(one, self.allows), Side(other, self.allows)
        self._types = Types(self.engines, self.allows)

    def allows(self, leniency: str) -> bool:
        return leniency not in self._strict

    def differences(self) -> Iterator[Difference]:
        one, other = self.one, self.other
        for name in sorted({*one.tables, *other.tables}):
            here, there = one.tables.get(name), other.tables.get(name)
            if here is None or there is None:
                yield self._missing(f"table {name}", here is not None)
                continue
            yield from self._columns(here, there)
            yield from Keys(self.engines, self.allows, here, there).all()
        for name in sorted(one.views ^ other.views):
            yield self._missing(f"view {name}", name in one.views)

    def _missing(self, what: str, first_has_it: bool) -> Difference:
        says = ("there", "") if first_has_it else ("", "there")
        return Difference(what, "missing", self.engines, says)

    def _columns(self, here: Table, there: Table) -> Iterator[Difference]:
        for name in sorted({*here.columns, *there.columns}):
            what = f"column {here.name}.{name}"
            one, other = here.columns.get(name), there.columns.get(name)
            if one is None or other is None:
                yield self._missing(what, one is not None)
                continue
            for fact, says in self._facts(one, other):
                yield Difference(what, fact, self.engines, says)

    def _facts(
        self, one: Column, other: Column
    ) -> Iterator[tuple[str, tuple[str, str]]]:
        if self._types.differ(one, other):
            yield "type", (one.type, other.type)
        if one.nullable != other.nullable:
            words = {True: "yes", False: "no"}
            yield "nullable", (words[one.nullable], words[other.nullable])
        if one.generated != other.generated:
            yield "generated", _yes(one.generated, other.generated)
        elif self._defaults_differ(one, other):
            yield "default", (_shown(one), _shown(other))
        if one.counts != other.counts and not self._rowid(one, other):
            yield "counts by itself", _yes(one.counts, other.counts)

    def _defaults_differ(self, one: Column, other: Column) -> bool:
        if one.generated or one.default == other.default:
            # two expressions may be the same, or not
            strict = not self.allows("default-expression")
            return one.default == EXPRESSION and strict
        for column, engine in zip((one, other), self.engines, strict=True):
            if (
                engine == "mysql"
                and not column.default
                and column.kind.family in ("text", "json", "binary")
                and self.allows("mysql-text-default")
            ):
                return False
        return True

    def _rowid(self, one: Column, other: Column) -> bool:
        """Say whether only SQLite counts, because it always does."""
        counting = self.engines[0] if one.counts else self.engines[1]
        return counting == "sqlite" and self.allows("rowid")


def _yes(one: bool, other: bool) -> tuple[str, str]:
    return ("yes" if one else "no", "yes" if other else "no")


def _shown(column: Column) -> str:
    return repr(column.default) if column.default else ""
