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
    """What a column owns is a part of it; where it stands is left out."""

    def __init__(self, ask: Callable[[str], Sequence[Row]]) -> None:
        self._free: list[Row] = []
        self._owned: dict[int, list[tuple[int, str]]] = {}
        for row in ask(queries.SEQUENCES):
            table, column = row[8:]
            if table is None:
                self._free.append(row)
            else:
                owned = self._owned.setdefault(table, [])
                owned.append((column, _unusual(row)))

    def owned_by(self, table: int) -> tuple[tuple[int, str], ...]:
        """Return the columns that own one, and what of it is not usual."""
        return tuple(sorted(self._owned.get(table, ())))

    def add_free(self, gathering: Gathering) -> None:
        """Add those that no column owns."""
        for row in self._free:
            gathering.add(("sequence", row[0]), _facts(row))


def _unusual(row: Row) -> str:
    return " ".join(
        f"{name} {value}"
        for name, value in _facts(row).items()
        if name in _USUAL and value != _USUAL[name]
    )


def _facts(row: Row) -> dict[str, str]:
    facts = dict(zip(_FACTS, row[1:7], strict=True))
    return {**facts, "cycle": "yes" if row[7] else ""}
