"""A constraint that the data do not meet, and by how many rows."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Offence:
    """What breaks a constraint.

    ``says`` goes on behind the number of rows: ``of users share their email
    with another``.  ``constraint`` is its name, where it has one; ``first``
    are the first keys of those rows.
    """

    table: str
    count: int
    says: str
    constraint: str = ""
    first: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows = f"{self.count:,} row{'' if self.count == 1 else 's'}"
        named = f" ({self.constraint})" if self.constraint else ""
        return f"{rows} {self.says}{named}"
