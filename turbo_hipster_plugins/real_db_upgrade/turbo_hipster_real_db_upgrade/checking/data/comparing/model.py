"""What is compared, and what came of it."""

from __future__ import annotations

import abc
import bisect
import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from turbo_hipster_databases.engine import Server
from turbo_hipster_real_db_upgrade.catalogue.model import Column, Table
from turbo_hipster_real_db_upgrade.checking.budget import Budget

FEW = 5
"""Most keys that are told."""


@dataclasses.dataclass(frozen=True)
class Pair:
    """A column before, and the one that has its values after."""

    old: Column
    new: Column

    @property
    def retyped(self) -> bool:
        """Whether it has another type now."""
        return self.old.declared.lower() != self.new.declared.lower()


@dataclasses.dataclass(frozen=True)
class Tables:
    """A table before and after: ``key`` tells its rows apart in both.

    Without a key rows are compared as a whole, over all ``pairs``.
    """

    before: Table
    after: Table
    pairs: tuple[Pair, ...]
    key: tuple[Pair, ...]


@dataclasses.dataclass(frozen=True)
class Compared:
    """How a table differs.

    ``before`` and ``after`` are its rows; ``gone`` and ``came`` the rows
    whose key is in one of them alone; ``differs`` the values that are not
    the same in the rows that are in both, by the column's name before, None
    where they were not counted; ``first`` has the first keys of each, and
    those of ``gone`` under an empty name.  ``apart`` are columns whose old
    and new type allow no comparison.
    """

    before: int
    after: int
    gone: int = 0
    came: int = 0
    differs: Mapping[str, int | None] = dataclasses.field(default_factory=dict)
    first: Mapping[str, Sequence[str]] = dataclasses.field(
        default_factory=dict
    )
    apart: tuple[str, ...] = ()


class Comparer(abc.ABC):
    """Compares tables of two servers.

    With a ``budget`` everything that is asked raises CutOff when it is used
    up meanwhile.
    """

    def __init__(
        self, before: Server, after: Server, budget: Budget | None = None
    ) -> None:
        self.before, self.after = before, after
        self.budget = budget

    @abc.abstractmethod
    def size(self, table: Table) -> int:
        """Return how large a table before is, in a unit of the engine's."""

    @abc.abstractmethod
    def filled(self, table: Table, column: str) -> int:
        """Return how many values a column before has that are not NULL."""

    @abc.abstractmethod
    def rows(self, table: Table, *, after: bool = False) -> int:
        """Return the number of rows of a table before, or after."""

    @abc.abstractmethod
    def compare(self, tables: Tables, counted: Collection[str]) -> Compared:
        """Compare; differences of the ``counted`` columns are counted."""

    @abc.abstractmethod
    def close(self) -> None:
        """Close the connections."""


class First:
    """Keeps the smallest few of many keys."""

    def __init__(self) -> None:
        self._found: list[tuple[Any, ...]] = []

    def add(self, key: tuple[Any, ...]) -> None:
        """Add one."""
        full = len(self._found) == FEW
        try:
            if full and key >= self._found[-1]:
                return
            bisect.insort(self._found, key)
        except TypeError:  # values of several kinds have no order
            self._found.append(key)
        del self._found[FEW:]

    def told(self) -> tuple[str, ...]:
        """Return them as they are shown."""
        return tuple(map(shown, self._found))


def shown(key: Sequence[Any]) -> str:
    """Return a key for people; one of several columns in brackets."""
    parts = [
        part.hex() if isinstance(part, bytes | bytearray) else str(part)
        for part in key
    ]
    short = [part if len(part) <= 64 else f"{part[:60]}…" for part in parts]
    return short[0] if len(short) == 1 else f"({', '.join(short)})"
