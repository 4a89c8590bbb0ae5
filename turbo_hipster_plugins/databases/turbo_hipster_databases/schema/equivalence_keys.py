"""Whether the keys of a table are the same on different engines."""

from __future__ import annotations

from collections.abc import Iterator

from turbo_hipster_databases.schema.difference import Difference
from turbo_hipster_databases.schema.sides import (
    Allows,
    Columns,
    Key,
    Reference,
    Table,
)
from turbo_hipster_databases.schema.spelling import MARIADB

_TYPES_CHECKED = ("boolean", "json", "enum", "set", "bit")


class Keys:
    """The keys, indexes and checks of one table on both engines."""

    def __init__(
        self,
        engines: tuple[str, str],
        allows: Allows,
        one: Table,
        other: Table,
    ) -> None:
        self._engines, self._allows = engines, allows
        self._one, self._other = one, other
        self._name = one.name

    def all(self) -> Iterator[Difference]:
        """Return all differences, in an order that is always the same."""
        one, other = self._one, self._other
        if one.primary != other.primary:
            says = (", ".join(one.primary), ", ".join(other.primary))
            what = f"primary key of {self._name}"
            yield Difference(what, "columns", self._engines, says)
        yield from self._uniques()
        yield from self._indexes()
        yield from self._references()
        yield from self._checks()

    def _uniques(self) -> Iterator[Difference]:
        one, other = self._one.uniques, self._other.uniques
        for key in sorted(one ^ other, key=_sorting):
            if self._primary_too(key):
                continue
            where = " where …" if key.where else ""
            what = f"unique {self._name}({_list(key.columns)}){where}"
            yield self._missing(what, key in one)

    def _primary_too(self, key: Key) -> bool:
        """Say whether both have a primary key that refuses the same rows."""
        return (
            key.columns == self._one.primary == self._other.primary
            and not key.where
        )

    def _indexes(self) -> Iterator[Difference]:
        sides = (self._one, self._other)
        for index, (table, lacking) in enumerate((sides, sides[::-1])):
            has = {key.columns for key in lacking.indexes | lacking.uniques}
            has.add(lacking.primary)
            makes = self._engines[index] in MARIADB
            serves = self._engines[1 - index] in MARIADB
            for key in sorted(table.indexes, key=_sorting):
                if key.columns in has or (
                    key.special and self._allows("index-special")
                ):
                    continue
                if self._allows("foreign-key-index") and (
                    (makes and _begin(table, key.columns))
                    or (serves and _served(lacking, key.columns, has))
                ):
                    continue
                what = f"index {self._name}({_list(key.columns)})"
                yield self._missing(what, index == 0)

    def _references(self) -> Iterator[Difference]:
        one, other = self._one.references, self._other.references
        for key in sorted(one ^ other, key=lambda r: (r.columns, r.target)):
            yield self._missing(self._reference(key), key in one)
        pairs = {key: [key] for key in one & other}
        for side in (one, other):
            for key in side:
                if key in pairs:
                    pairs[key].append(key)
        for key in sorted(pairs, key=lambda r: (r.columns, r.target)):
            here, there = pairs[key][1:]
            yield from self._actions(here, there)

    def _actions(
        self, here: Reference, there: Reference
    ) -> Iterator[Difference]:
        facts = [
            ("on delete", here.deleted, there.deleted),
            ("on update", here.updated, there.updated),
        ]
        lacks = any(engine in MARIADB for engine in self._engines)
        if not (lacks and self._allows("deferrable")):
            words = {True: "yes", False: "no"}
            facts.append(
                ("deferred", words[here.deferred], words[there.deferred])
            )
        for fact, one, other in facts:
            if one != other:
                yield Difference(
                    self._reference(here), fact, self._engines, (one, other)
                )

    def _reference(self, key: Reference) -> str:
        columns = _list(key.columns)
        return f"foreign key {self._name}({columns}) → {key.target}"

    def _checks(self) -> Iterator[Difference]:
        one, other = self._one.checks, self._other.checks
        for name in sorted({*one} ^ {*other}):
            about = (one if name in one else other)[name]
            if name and not self._stands_for_a_type(about):
                what = f"check {name} of {self._name}"
                yield self._missing(what, name in one)

    def _stands_for_a_type(self, about: set[str]) -> bool:
        """Say whether a check is about columns whose type says as much."""
        kinds = [
            column.kind.family
            for table in (self._one, self._other)
            for name, column in table.columns.items()
            if name in about
        ]
        typed = any(family in _TYPES_CHECKED for family in kinds)
        return typed and self._allows("type-check")

    def _missing(self, what: str, first_has_it: bool) -> Difference:
        says = ("there", "") if first_has_it else ("", "there")
        return Difference(what, "missing", self._engines, says)


def _begin(table: Table, columns: Columns) -> bool:
    """Say whether they begin with those of a foreign key."""
    return any(
        columns[: len(reference.columns)] == reference.columns
        for reference in table.references
    )


def _served(table: Table, columns: Columns, indexes: set[Columns]) -> bool:
    """Say whether they are a foreign key's, and an index begins with them."""
    return any(
        reference.columns == columns for reference in table.references
    ) and any(index[: len(columns)] == columns for index in indexes)


def _list(columns: Columns) -> str:
    return ", ".join(columns)


def _sorting(key: Key) -> tuple[Columns, bool]:
    return key.columns, key.where
