"""What a step's statements do to bodies of rows, whatever they are called."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping

ALL = "*"
"""In place of the names of all columns."""


class Way(enum.Enum):
    """A way in which rows may go, as a statement declares it."""

    SOME = "DELETE"
    EVERY = "DELETE without WHERE"
    TRUNCATE = "TRUNCATE"
    PARTITION = "a change of partitions"
    REMADE = "DROP TABLE and CREATE TABLE"
    CASCADE = "a cascade"
    TRIGGER = "a trigger"
    UNSEEN = "statements that cannot be seen"


@dataclasses.dataclass(frozen=True)
class Copy:
    """Rows of one body that an INSERT ... SELECT puts into another.

    ``columns`` maps each column that is filled to the one that it comes from
    as it is (or cast), or to None where it is worked out.  ``everything``
    says that columns of the same name come as they are.  ``chosen``: not
    every row is meant to arrive (DISTINCT, GROUP BY, WHERE, LIMIT).
    """

    source: Body
    columns: Mapping[str, str | None]
    everything: bool
    chosen: bool


@dataclasses.dataclass(eq=False)
class Body:
    """The rows of one table from its making to its end.

    ``origin`` is the table's name before the step; empty if the step makes
    it.  ``filled`` says that rows are put in, ``written`` are the columns
    whose values it sets in rows that are there, ``present`` maps the name of
    a renamed column now to the one before, ``converted`` are those whose
    type it changes by an expression of its own, ``taken`` those whose values
    were put into another column.
    """

    origin: str = ""
    filled: bool = False
    written: set[str] = dataclasses.field(default_factory=set)
    ways: set[Way] = dataclasses.field(default_factory=set)
    present: dict[str, str] = dataclasses.field(default_factory=dict)
    dropped: set[str] = dataclasses.field(default_factory=set)
    converted: set[str] = dataclasses.field(default_factory=set)
    taken: dict[str, str] = dataclasses.field(default_factory=dict)
    copies: list[Copy] = dataclasses.field(default_factory=list)

    def before(self, column: str) -> str:
        """Return what a column was called before the step."""
        return self.present.get(column, column)

    def write(self, column: str) -> None:
        """Note that values of a column are set."""
        self.written.add(ALL if column == ALL else self.before(column))

    def rename(self, old: str, new: str) -> None:
        """Note that a column has another name from now on."""
        if old != new:
            self.present[new] = self.present.pop(old, old)

    def drop(self, column: str) -> None:
        """Note that a column and its values are gone."""
        self.dropped.add(self.before(column))
        self.present.pop(column, None)
