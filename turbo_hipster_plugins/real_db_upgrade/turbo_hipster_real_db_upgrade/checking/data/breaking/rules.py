"""What a statement demands of the rows, as conditions that can be asked.

The statement that failed is read; the engine's message is not: it differs
with each driver and language, and holds values of the data.
"""

# ruff: noqa: S608 (names are the database's own, and quoted)

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from turbo_hipster_databases.schema.sql_text import (
    Token,
    close_of,
    split,
    tokens,
)
from turbo_hipster_real_db_upgrade.catalogue.model import Table
from turbo_hipster_real_db_upgrade.checking.data.breaking.demands import (
    Demand,
    columns_of,
    demands,
    of_table,
    quoted,
    sql,
)
from turbo_hipster_real_db_upgrade.checking.data.names import (
    OPEN,
    at,
    bare,
    name,
    skip,
    until,
)

ROWS = "th_rows"
"""What the rows that are asked about are called in a query."""


@dataclasses.dataclass(frozen=True)
class Rule:
    """One demand.

    ``breaks`` is the condition under which a row of ROWS does not meet it;
    ``says`` the words for such rows; ``rows`` selects them all, ``heads``
    names the columns of that where it is not a table; ``key`` are those by
    which a row is named.
    """

    table: str
    rows: str
    breaks: str
    says: str
    name: str = ""
    key: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()


def of_statement(
    engine: str, text: str, tables: Mapping[str, Table]
) -> Iterator[Rule]:
    """Yield what a statement demands; none where it cannot be told."""
    words = tokens(text, engine)
    by_name = {bare(one): table for one, table in tables.items()}
    first = at(words, 0)
    if first.says("insert", "replace"):
        yield from _inserted(text, words, by_name)
    elif first.says("alter"):
        start = skip(words, 1, "online", "ignore", "table", "if", "exists",
                     "only")  # fmt: skip
        table, place = name(words, start)
        if table in by_name:
            for action in split(words[place:]):
                for demand in demands(action, by_name[table], by_name):
                    yield _rule(demand, by_name[table])
    elif first.says("create"):
        yield from _index(words, by_name)


def _rule(demand: Demand, table: Table, rows: str = "") -> Rule:
    """Make a demand one of a table, or of ``rows`` that are to go there."""
    columns = ", ".join(demand.columns)
    told = f"of {table.name} "
    if demand.kind == "not null":
        breaks = f"{columns} IS NULL"
        told += f"have no value in {columns}"
    elif demand.kind == "no default":
        breaks, told = "1 = 1", told + f"get no value in {columns}"
    elif demand.kind == "unique":
        known = " AND ".join(f"{one} IS NOT NULL" for one in demand.columns)
        known += f" AND ({demand.where})" if demand.where else ""
        breaks = (
            f"{known} AND ({columns}) IN (SELECT {columns} FROM {ROWS}"
            f" WHERE {known} GROUP BY {columns} HAVING COUNT(*) > 1)"
        )
        told += f"share their values of {columns} with others"
    elif demand.kind == "check":
        breaks, told = f"NOT ({columns})", told + "do not meet the check"
    else:
        parent = ".".join(map(quoted, demand.parent.split(".")))
        known = " AND ".join(f"{one} IS NOT NULL" for one in demand.columns)
        same = " AND ".join(
            f"th_parent.{quoted(theirs)} = {ROWS}.{own}"
            for own, theirs in zip(
                demand.columns, demand.references, strict=True
            )
        )
        breaks = (
            f"{known} AND NOT EXISTS (SELECT 1 FROM {parent} th_parent"
            f" WHERE {same})"
        )
        told += f"name in {columns} what is not in {demand.parent}"
    source = ".".join(map(quoted, table.name.split(".")))
    return Rule(
        table.name,
        rows or f"SELECT * FROM {source}",
        breaks,
        told.replace('"', ""),
        demand.name,
        table.primary,
    )


def _index(
    words: Sequence[Token], tables: Mapping[str, Table]
) -> Iterator[Rule]:
    if not at(words, skip(words, 1, "online")).says("unique"):
        return
    on = until(words, 0, "on")
    index, _ = name(words, skip(words, 2, "unique", "index", "if", "not",
                                "exists", "concurrently"))  # fmt: skip
    table, place = name(words, skip(words, on + 1, "only"))
    if at(words, place).says("using"):
        place += 2
    if table not in tables or at(words, place) != OPEN:
        return
    end = close_of(words, place)
    where = until(words, end + 1, "where")
    narrowed = sql(words[where + 1 :]) if where < len(words) else ""
    demand = Demand("unique", columns_of(words, place), index, where=narrowed)
    yield _rule(demand, tables[table])


def _inserted(
    text: str, words: Sequence[Token], tables: Mapping[str, Table]
) -> Iterator[Rule]:
    """Yield what the table demands that rows of a SELECT are to go to."""
    table, place = name(words, skip(words, 1, "or", "replace", "into",
                                    "ignore"))  # fmt: skip
    begin = text.lower().find("select")
    known = tables.get(table)
    if known is None or begin < 0:
        return
    columns = list(known.columns)
    if at(words, place) == OPEN:
        columns = [
            part[0].text
            for part in split(words[place + 1 : close_of(words, place)])
        ]
    filled = {one.lower() for one in columns}
    key = tuple(one for one in known.primary if one.lower() in filled)
    for demand in of_table(known):
        its = {one.strip('"').lower() for one in demand.columns}
        if its <= filled or demand.kind == "check":
            rule = _rule(demand, known, text[begin:].rstrip().rstrip(";"))
            yield dataclasses.replace(
                rule,
                heads=tuple(columns),
                key=key if len(key) == len(known.primary) else (),
            )
