"""The names that PostgreSQL gives to what has none.

The rule (makeObjectName and ChooseRelationName in the server's source):
table, columns and a label between underscores, cut to 63 bytes by shortening
the longer of the first two, and a number behind the label when taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

LONGEST = 63


def made_name(table: str, addition: str, label: str) -> str:
    """Return the name that is made of these, without a number."""
    first, second = table.encode(), addition.encode()
    room = LONGEST - len(label.encode()) - 1 - bool(second)
    while len(first) + len(second) > room:
        if len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
    parts = [first.decode(errors="ignore"), second.decode(errors="ignore")]
    return "_".join([*filter(None, parts), label])


def is_made(
    name: str, table: str, column_lists: Iterable[Sequence[str]], label: str
) -> bool:
    """Say whether the server chose this name.

    ``column_lists`` are the names it may have seen: those of the columns now
    and, for an index, those that it kept for them.
    """
    number = re.search(rf"{label}(\d*)$", name)
    if not number:
        return False
    return any(
        name == made_name(table, _addition(columns), label + number[1])
        for columns in column_lists
    )


def _addition(columns: Sequence[str]) -> str:
    joined = ""
    for column in columns:
        joined = f"{joined}_{column}" if joined else column
        if len(joined.encode()) >= LONGEST + 1:
            break
    return joined.encode()[:LONGEST].decode(errors="ignore")
