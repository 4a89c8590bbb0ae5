"""One schema, told without the words of its engine."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from turbo_hipster_databases.schema import spelling
from turbo_hipster_databases.schema.families import Kind, kind_of
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_databases.schema.sql_text import tokens

Allows = Callable[[str], bool]
"""Says whether a leniency, given by its name, holds."""
Columns = tuple[str, ...]
Facts = Mapping[str, str]
_SHADOWS = (
    *("_config", "_content", "_data", "_docsize", "_idx"),  # fts5
    *("_segdir", "_segments", "_stat"),  # fts3 and fts4
    *("_node", "_parent", "_rowid"),  # rtree
)


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A column; ``counts`` says that the engine fills in the next number."""

    kind: Kind
    type: str
    nullable: bool
    default: str
    generated: bool
    counts: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """A unique key or an index; ``where`` says that it is partial."""

    columns: Columns
    where: bool = False
    special: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key; what it does is apart from what it is."""

    columns: Columns
    target: str
    deleted: str = dataclasses.field(compare=False)
    updated: str = dataclasses.field(compare=False)
    deferred: bool = dataclasses.field(compare=False)


@dataclasses.dataclass(slots=True)
class Table:
    """A table; names are in lower case."""

    name: str
    columns: dict[str, Column] = dataclasses.field(default_factory=dict)
    primary: Columns = ()
    uniques: set[Key] = dataclasses.field(default_factory=set)
    indexes: set[Key] = dataclasses.field(default_factory=set)
    references: set[Reference] = dataclasses.field(default_factory=set)
    checks: dict[str, set[str]] = dataclasses.field(default_factory=dict)


class Side:
    """The tables and views of one schema."""

    def __init__(self, schema: Schema, allows: Allows) -> None:
        self.engine = schema.engine
        self.tables: dict[str, Table] = {}
        self.views: set[str] = set()
        self._schema, self._allows = schema, allows
        shadows = _shadows(schema) if allows("virtual") else ()
        for path in schema.things:
            if path[0] in ("view", "materialised view") and len(path) == 2:
                self.views.add(path[1].lower())
        for path, thing in schema.things.items():
            if path[0] != "table" or path[1] in shadows:
                continue
            if len(path) == 2:
                if allows("partitions") and "partition of" in thing.facts:
                    continue
                self._table(path[1])
        for path, thing in schema.things.items():
            table = self.tables.get(path[1].lower()) if len(path) > 2 else None
            if table is not None and path[0] == "table":
                self._part(table, path, thing.facts)
        for table in self.tables.values():
            self._finish(table)

    def _table(self, name: str) -> None:
        self.tables[name.lower()] = Table(name.lower())

    def _part(self, table: Table, path: tuple[str, ...], facts: Facts) -> None:
        what, name = path[2], path[3] if len(path) > 3 else ""
        if what == "column":
            table.columns[name.lower()] = self._column(facts)
        elif what == "primary key":
            table.primary = self._columns(facts)
        elif what == "unique":
            table.uniques.add(Key(self._columns(facts)))
        elif what == "index":
            self._index(table, facts)
        elif what == "foreign key":
            table.references.add(self._reference(facts))
        elif what == "check":
            words = tokens(facts["expression"], "postgresql")
            known = name if name != facts["expression"] else ""
            table.checks[known.lower()] = {
                word.text.lower()
                for word in words
                if word.kind in ("word", "quoted")
            }

    def _column(self, facts: Facts) -> Column:
        said = facts.get("type", "")
        kind = kind_of(self._schema, said)
        counts = "autoincrement" in facts or "identity" in facts
        value = facts.get("default", "")
        if value.lower().startswith("nextval("):
            counts, value = True, ""
        if value:
            value = spelling.default(value, kind.family == "boolean")
        return Column(
            kind,
            said,
            facts.get("nullable") != "no",
            value,
            "generated" in facts,
            counts,
        )

    def _index(self, table: Table, facts: Facts) -> None:
        columns = self._columns(facts)
        special = (
            "where" in facts
            or "method" in facts
            or spelling.EXPRESSION in columns
        )
        key = Key(columns, "where" in facts, special)
        if "unique" in facts:
            table.uniques.add(Key(columns, "where" in facts))
        else:
            table.indexes.add(key)

    def _reference(self, facts: Facts) -> Reference:
        return Reference(
            self._columns(facts),
            facts["references"].lower().replace('"', ""),
            self._action(facts, "on delete"),
            self._action(facts, "on update"),
            "deferred" in facts,
        )

    def _action(self, facts: Facts, event: str) -> str:
        word = facts.get(event, "")
        refuses = word == "restrict" and self._allows("restrict")
        return "" if refuses else word

    def _columns(self, facts: Facts) -> Columns:
        prefixes = not self._allows("index-prefix")
        return spelling.columns(self.engine, facts["columns"], prefixes)

    def _finish(self, table: Table) -> None:
        """Say what is so and not said."""
        for name in table.primary:
            column = table.columns.get(name)
            if column is None:
                continue
            alias = (
                self.engine == "sqlite"
                and len(table.primary) == 1
                and column.type == "integer"
            )
            table.columns[name] = dataclasses.replace(
                column,
                nullable=column.nullable and not self._allows("key-not-null"),
                counts=column.counts or alias,
            )


def _shadows(schema: Schema) -> set[str]:
    """Return the names of virtual tables and of those that they keep."""
    virtual = {
        path[1]
        for path, thing in schema.things.items()
        if path[0] == "table" and len(path) == 2 and "virtual" in thing.facts
    }
    return virtual | {name + end for name in virtual for end in _SHADOWS}
