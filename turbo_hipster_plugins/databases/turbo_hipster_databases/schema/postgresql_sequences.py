"""Sequences of PostgreSQL: those of columns, and those that stand alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from turbo_hipster_databases.schema import postgresql_queries as queries
from turbo_hipster_databases.schema.gathering import Gathering

Row = tuple[Any, ...]
_FACTS = ("type", "start", "increment", "minimum", "maximum", "cache")
_USUAL = {
    "start": "1",
    "increment": "1",
    "minimum": "1",
    "cache": "1",
    "cycle": "",
}


class Sequences:
    """What a column takes is a part of it; where it stands is left out."""

    def __init__(self, ask: Callable[[str], Sequence[Row]]) -> None:
        self._rows = list(ask(queries.SEQUENCES))
        self._owned = {row[8:]: row for row in self._rows}

    def owns(self, table: int, column: int) -> bool:
        """Say whether a sequence belongs to this column."""
        return (table, column) in self._owned

    def taken(self, table: int, column: int) -> dict[str, str]:
        """Take a column's sequence; return what of it is not usual."""
        row = self._owned[table, column]
        self._rows.remove(row)
        unusual = " ".join(
            f"{name} {value}"
            for name, value in _facts(row).items()
            if name in _USUAL and value != _USUAL[name]
        )
        return {"sequence": unusual} if unusual else {}

    def add_free(self, gathering: Gathering) -> None:
        """Add those that no column took."""
        for row in self._rows:
            gathering.add(("sequence", row[0]), _facts(row))


def _facts(row: Row) -> dict[str, str]:
    facts = dict(zip(_FACTS, row[1:7], strict=True))
    return {**facts, "cycle": "yes" if row[7] else ""}
