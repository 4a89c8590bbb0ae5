"""What being killed half-way does to a step, in words without values."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from turbo_hipster_real_db_upgrade.checking.halfway.ending import Others
from turbo_hipster_real_db_upgrade.checking.halfway.points import Point


@dataclasses.dataclass(frozen=True, slots=True)
class Harm:
    """What being killed does: in a sentence, in lines, and what was left."""

    point: Point
    says: str
    lines: str
    left: str


def found_lines(others: Others) -> Iterator[str]:
    """Yield a line for each table or column that is other."""
    for (table, column), count in others.items():
        what = "value" if column else "row"
        where = f"{table}.{column}" if column else table
        yield f"{count:,} {what}{'' if count == 1 else 's'} of {where}"


def told(harm: Sequence[Harm]) -> Iterator[str]:
    """Yield a text for each kind of harm, not for each point."""
    alike: dict[tuple[str, str], list[Harm]] = {}
    for one in harm:
        alike.setdefault((one.says, one.lines), []).append(one)
    for (says, lines), same in alike.items():
        where = ", ".join(one.point.says for one in same)
        yield f"Killed {where}, it {says}"
        if same[0].left:
            yield f"What it had done {same[0].point.says}:\n{same[0].left}"
        if lines:
            yield lines
