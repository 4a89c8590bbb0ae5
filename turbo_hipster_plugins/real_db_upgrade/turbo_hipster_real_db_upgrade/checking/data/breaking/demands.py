"""What a statement, or a table, demands of rows; read from its words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from turbo_hipster_databases.schema.sql_text import (
    Token,
    close_of,
    split,
    written,
)
from turbo_hipster_real_db_upgrade.catalogue.model import Table
from turbo_hipster_real_db_upgrade.checking.data.names import (
    OPEN,
    at,
    bare,
    name,
    names,
    skip,
    until,
)

FILLING = (
    *("default", "generated", "auto_increment", "as", "serial", "bigserial"),
)
"""Words by which a new column has a value in the rows that are there."""
CONSTRAINTS = ("unique", "primary", "foreign", "check", "constraint",
               "index", "key", "fulltext", "spatial", "partition",
               "exclude")  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Demand:
    """A demand before it is known of which table; columns are SQL."""

    kind: str
    columns: tuple[str, ...] = ()
    name: str = ""
    parent: str = ""
    references: tuple[str, ...] = ()
    where: str = ""


def quoted(word: str) -> str:
    """Quote a name; on MariaDB ANSI_QUOTES has to be on."""
    return '"' + word.replace('"', '""') + '"'


def demands(
    action: Sequence[Token], table: Table, tables: Mapping[str, Table]
) -> Iterator[Demand]:
    """Yield what one action of an ALTER TABLE demands."""
    first, constraint = at(action, 0), ""
    place = 1
    if first.says("add"):
        if at(action, place).says("constraint"):
            constraint, place = name(action, place + 1)
        yield from _constraint(action, place, constraint, tables)
        if not constraint and not at(action, place).says(*CONSTRAINTS):
            column, _ = name(action, skip(action, place, "column", "if",
                                          "not", "exists"))  # fmt: skip
            if _not_null(action) and not _has_default(action):
                yield Demand("no default", (quoted(column),))
    elif first.says("alter"):
        column, place = name(action, skip(action, 1, "column"))
        if at(action, place).says("set") and _not_null(action):
            yield Demand("not null", (_known(column, table),))
    elif first.says("modify", "change"):
        column, _ = name(action, skip(action, 1, "column", "if", "exists"))
        if _not_null(action):
            yield Demand("not null", (_known(column, table),))
    elif first.says("validate"):
        wanted, _ = name(action, skip(action, 1, "constraint"))
        for demand in of_table(table):
            if bare(demand.name) == wanted:
                yield demand


def _constraint(
    words: Sequence[Token],
    place: int,
    constraint: str,
    tables: Mapping[str, Table],
) -> Iterator[Demand]:
    kind = at(words, place)
    if kind.says("check"):
        inner = words[place + 2 : close_of(words, place + 1)]
        yield Demand("check", (sql(inner),), constraint)
        return
    if not kind.says("unique", "primary", "foreign"):
        return
    brackets = [
        at for at in range(place, len(words)) if words[at] == OPEN
    ][:2]  # fmt: skip
    if not brackets:
        return
    named, _ = name(words, skip(words, place + 1, "key", "index", "if", "not",
                                "exists"))  # fmt: skip
    columns = columns_of(words, brackets[0])
    if not kind.says("foreign"):
        yield Demand("unique", columns, constraint or named)
        if kind.says("primary"):
            for column in columns:
                yield Demand("not null", (column,), constraint)
        return
    parent, _ = name(words, until(words, place, "references") + 1)
    known = tables.get(parent)
    if known is not None:
        theirs = known.primary
        if len(brackets) > 1:
            found, _ = names(words, brackets[1] + 1)
            theirs = tuple(_real(one, known) for one in found)
        yield Demand(
            "foreign key", columns, constraint or named, known.name, theirs
        )


def of_table(table: Table) -> Iterator[Demand]:
    """Yield what a table demands of each row."""
    for column in table.columns.values():
        if not column.nullable:
            yield Demand("not null", (quoted(column.name),))
    for unique in table.uniques:
        yield Demand("unique", tuple(map(quoted, unique)))
    for key in table.foreign_keys:
        yield Demand(
            "foreign key",
            tuple(map(quoted, key.columns)),
            key.name,
            key.table,
            key.references,
        )
    for check in table.checks:
        yield Demand("check", (check.expression,), check.name)


def columns_of(words: Sequence[Token], start: int) -> tuple[str, ...]:
    """Read the columns of an index, as SQL."""
    found = []
    for part in split(words[start + 1 : close_of(words, start)]):
        part = list(part)
        while part and part[-1].says("asc", "desc"):
            part.pop()
        plain = len(part) == 1 or (len(part) == 4 and part[2].kind == "number")
        found.append(quoted(part[0].text) if plain else sql(part))
    return tuple(found)


def sql(words: Sequence[Token]) -> str:
    """Write words as SQL."""
    return written(words)


def _known(column: str, table: Table) -> str:
    """Return a column as the table has it, quoted."""
    return quoted(_real(column, table))


def _real(column: str, table: Table) -> str:
    """Return a column's name in the case in which the table has it."""
    known = {one.lower(): one for one in table.columns}
    return known.get(column, column)


def _not_null(words: Sequence[Token]) -> bool:
    return any(
        word.says("not") and at(words, place + 1).says("null")
        for place, word in enumerate(words)
    )


def _has_default(words: Sequence[Token]) -> bool:
    return any(word.says(*FILLING) for word in words)
