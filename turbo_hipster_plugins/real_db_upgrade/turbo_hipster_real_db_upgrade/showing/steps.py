"""The table of steps that a person reads; programs read ``migrations``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from turbo_hipster_databases.model import Direction, Lock
from turbo_hipster_real_db_upgrade.checking import passes
from turbo_hipster_real_db_upgrade.climbing.climb import Climbed
from turbo_hipster_real_db_upgrade.judging.figures import total
from turbo_hipster_real_db_upgrade.judging.sentences import (
    amount,
    seconds,
    size,
)
from turbo_hipster_real_db_upgrade.words import Case, Took

STRENGTH = ("nothing", "schema changes", "writes", "reads and writes")
"""What a lock blocks, from the weakest to the strongest."""

ALIKE = 0.1
"""Of the usual time: less of a difference is none."""

Usual = Callable[[Case, str], float | None]
"""Gives the seconds that a step usually takes, if that is known."""

BLANK = "\u00a0"
"""One at which no line is broken."""

SHORT = 18
"""Characters that have room on one line."""

ALWAYS = {"step", "time", "result"}


def rows(climbs: Mapping[Case, Climbed], usual: Usual) -> list[dict[str, str]]:
    """Return a row for each step; a column in which nothing is, is none."""
    found = [
        {"on": str(case), **_row(case, took, climbed, usual)}
        for case, climbed in climbs.items()
        for took in ways(climbed)
    ]
    empty = {
        name
        for name in (found[0] if found else ())
        if name not in ALWAYS and not any(row[name] for row in found)
    }
    if len(climbs) == 1:
        empty.add("on")
    return [
        {
            name: unbroken(value)
            for name, value in row.items()
            if name not in empty
        }
        for row in found
    ]


def unbroken(value: str) -> str:
    """Keep a number and its unit, and a step's two ends, on one line."""
    short = value.replace("->", f"{BLANK}\u2192{BLANK}")
    if not value[:1].isdigit() and short == value:
        return value
    return short.replace(" ", BLANK) if len(value) < SHORT else short


def _row(
    case: Case, took: Took, climbed: Climbed, usual: Usual
) -> dict[str, str]:
    measured, up = took.measured, took.direction is Direction.UP
    lock = strongest(measured.locks if measured else ())
    marks = climbed.marks.get(took.migration.revision, {}) if up else {}
    return {
        "step": took.step + ("" if up else " (down)"),
        "result": "failed" if took.ran.failure else "ok",
        "time": seconds(took.ran.seconds),
        "against the usual": _against(
            took.ran.seconds, usual(case, took.step)
        ),
        "readers wait": _stall(took, "read"),
        "writers wait": _stall(took, "write", "transaction"),
        "rows read": _amount(total(measured.rows_read) if measured else None),
        "rows changed": _amount(
            total(measured.rows_changed) if measured else None
        ),
        "size": _bytes(measured.size_change if measured else None),
        "log": _bytes(measured.log_bytes if measured else None),
        "strongest lock": _lock(lock),
        "it blocks": _blocks(lock),
        "rewritten": ", ".join(measured.rewritten) if measured else "",
        **{one.name: marks.get(one.name, "") for one in passes.PASSES},
    }


def ways(climbed: Climbed) -> Iterator[Took]:
    """Yield each step, and its way back behind it."""
    for took in climbed.new:
        yield took
        yield from (
            back
            for back in climbed.undone
            if back.migration.revision == took.migration.revision
        )


def strongest(locks: Sequence[Lock]) -> Lock | None:
    """Return the lock that blocks most, then the one held longest."""
    return max(
        locks,
        key=lambda lock: (_strength(lock.blocks), lock.seconds),
        default=None,
    )


def not_judged(climbs: Mapping[Case, Climbed]) -> Iterator[dict[str, str]]:
    """Yield what was run as well, and is not the change's."""
    for case, climbed in climbs.items():
        for took in climbed.took:
            if not took.new:
                yield {
                    "on": str(case),
                    "rung": took.rung,
                    "step": unbroken(took.step),
                    "time": seconds(took.ran.seconds),
                }


def _against(now: float, before: float | None) -> str:
    if not before:
        return ""
    share = now / before
    if abs(share - 1) < ALIKE:
        return "as ever"
    return f"{share:.1f} times" if share < 10 else f"{share:.0f} times"


def _stall(took: Took, *kinds: str) -> str:
    if took.traffic is None:
        return ""
    longest = took.traffic.longest(*kinds)
    return seconds(longest.seconds) if longest else seconds(0)


def _amount(value: int | None) -> str:
    return "" if value is None else amount(value)


def _bytes(value: int | None) -> str:
    if not value:
        return ""
    return size(value) if value > 0 else f"-{size(-value)}"


def _lock(lock: Lock | None) -> str:
    if lock is None or not _blocks(lock):
        return ""
    # an engine that locks all at once names no table
    place = "" if lock.table.startswith("(") else f" on {lock.table}"
    took = seconds(lock.seconds).replace(" ", BLANK)
    held = f" for {took}" if lock.seconds else ""
    return f"{lock.mode}{place}{held}"


def _blocks(lock: Lock | None) -> str:
    return "" if lock is None or not _strength(lock.blocks) else lock.blocks


def _strength(blocks: str) -> int:
    return STRENGTH.index(blocks) if blocks in STRENGTH else 0
