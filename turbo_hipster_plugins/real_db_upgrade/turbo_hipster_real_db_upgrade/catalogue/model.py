"""Tables, columns and keys; frozen values."""

from __future__ import annotations

import dataclasses
import enum
import sys
from collections.abc import Mapping

from turbo_hipster.exceptions import RefusedInput

ANY = sys.maxsize


class NoCatalogue(RefusedInput):
    """The engine is none whose tables we can read."""


class Kind(enum.Enum):
    """What the values of a column are."""

    WHOLE = "whole number"
    NUMBER = "number with decimals"
    REAL = "real number"
    TEXT = "text"
    BYTES = "bytes"
    TRUTH = "true or false"
    DAY = "date"
    CLOCK = "time of day"
    MOMENT = "date and time"
    SPAN = "interval"
    YEAR = "year"
    JSON = "JSON"
    UUID = "UUID"
    CHOICE = "one of a few"
    OTHER = "something else"


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """A column; ``declared`` is its type in the engine's own words.

    ``least`` and ``most`` bound whole numbers; ``shortest`` and ``longest``
    are the characters of a text, or bytes; ``digits`` those of a number with
    decimals, all of them and those behind the point; ``choices`` are SQL
    literals.  ``example`` is a literal for a kind that we know no better.
    """

    name: str
    declared: str
    kind: Kind
    nullable: bool = True
    generated: bool = False
    default: bool = False
    least: int = -ANY
    most: int = ANY
    shortest: int = 0
    longest: int = ANY
    digits: tuple[int, int] = (18, 2)
    choices: tuple[str, ...] = ()
    example: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class ForeignKey:
    """``columns`` name a row of ``table`` by its ``references``."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    name: str = ""

    def __str__(self) -> str:
        own, theirs = ", ".join(self.columns), ", ".join(self.references)
        return f"({own}) -> {self.table} ({theirs})"


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """A condition that each row must meet, as the engine writes it."""

    name: str
    expression: str


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """A table of rows; ``uniques`` are sets of columns, the primary first.

    ``within`` is its schema, where that is not the usual one.
    """

    name: str
    columns: Mapping[str, Column]
    primary: tuple[str, ...] = ()
    uniques: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    within: str = ""

    def __str__(self) -> str:
        return self.name

    def nullable(self, columns: tuple[str, ...]) -> bool:
        """Say whether one of these columns may be NULL."""
        return any(self.columns[name].nullable for name in columns)
