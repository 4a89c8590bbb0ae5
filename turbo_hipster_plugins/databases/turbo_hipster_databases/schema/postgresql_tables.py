"""Tables and views of PostgreSQL, from rows of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from turbo_hipster_databases.schema import postgresql_queries as queries
from turbo_hipster_databases.schema.gathering import Gathering
from turbo_hipster_databases.schema.postgresql_parts import table_parts
from turbo_hipster_databases.schema.postgresql_sequences import Sequences
from turbo_hipster_databases.schema.sql_text import tidy

Row = tuple[Any, ...]
Ask = Callable[[str], Sequence[Row]]
Owner = tuple[str, str]


def add_tables(gathering: Gathering, ask: Ask) -> None:
    """Add tables and views, with columns, constraints and indexes.

    Sequences too: those that no column takes stand alone.
    """
    tables = _relations(gathering, ask)
    sequences = Sequences(ask)
    packs: list[dict[int, str]] = [
        dict(ask(query))
        for query in (queries.COLUMNS, queries.CONSTRAINTS, queries.INDEXES)
    ]
    kinds = ask(queries.KINDS)[0][0] or ""
    for oid, (owner, name) in tables.items():
        packed = [pack.get(oid, "") for pack in packs]
        owned = sequences.owned_by(oid)
        gathering.add_parts(table_parts(owner, name, kinds, owned, *packed))
    sequences.add_free(gathering)


def _relations(gathering: Gathering, ask: Ask) -> dict[int, tuple[Owner, str]]:
    """Return what has parts: how it is shown, and its bare name."""
    tables = {}
    for row in ask(queries.RELATIONS):
        oid, shown, name, kind, persistence, options, bound = row[:7]
        key, view, secured, forced, comment, parent = row[7:]
        facts = {"comment": comment or "", "options": options or ""}
        if kind in "vm":
            word = "view" if kind == "v" else "materialised view"
            facts["definition"] = _view(view)
        else:
            word = "table"
            facts |= {
                "foreign": "yes" if kind == "f" else "",
                "unlogged": "yes" if persistence == "u" else "",
                "partition by": key or "",
                "partition of" if bound else "inherits": parent or "",
                "bound": bound or "",
                "row security": "yes" if secured else "",
                "forced row security": "yes" if forced else "",
            }
        gathering.add((word, shown), facts)
        if kind != "v":
            tables[oid] = ((word, shown), name)
    return tables


def _view(text: str) -> str:
    return tidy(text.rstrip().removesuffix(";"), "postgresql")
