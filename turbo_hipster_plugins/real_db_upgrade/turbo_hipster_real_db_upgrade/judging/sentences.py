"""Sentences that a person acts on, in a review and in the report."""

from __future__ import annotations

import math

from turbo_hipster_databases.history.words import Quantity
from turbo_hipster_real_db_upgrade.judging.limits import Limit
from turbo_hipster_real_db_upgrade.words import Case, Took

ADVICE = {
    Quantity.SECONDS: "Do the work in parts, or outside of the migration.",
    Quantity.WRITE_STALL: "Let it lock for a shorter time: build the index "
    "concurrently, change rows in batches, add the constraint unchecked and "
    "check it later.",
    Quantity.READ_STALL: "Avoid what rewrites the table or locks it against "
    "readers: add columns without a volatile default, change types by way of "
    "a new column.",
    Quantity.ROWS_CHANGED: "Change rows in batches, or as they are used.",
    Quantity.ROWS_READ: "Narrow down which rows are looked at, by an index.",
    Quantity.SIZE: "See that the disks of production have the room.",
    Quantity.LOG_BYTES: "See that replicas and backups of production keep up.",
}


def seconds(value: float) -> str:
    """Return a duration as people say it: 41 s, 2.5 s, 40 ms."""
    if value < 0.9995:
        return f"{value * 1000:.0f} ms"
    if value < 9.95:
        return f"{value:.1f} s"
    return f"{value:.0f} s"


def amount(value: float) -> str:
    """Return a count with its thousands apart."""
    return f"{math.ceil(value):,}"


def size(value: float) -> str:
    """Return bytes as people say them: 1.5 GiB."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if value < 1000:
            return (
                f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
            )
        value /= 1024
    return f"{value:,.1f} TiB"


SHOWN = {
    Quantity.SECONDS: seconds,
    Quantity.READ_STALL: seconds,
    Quantity.WRITE_STALL: seconds,
    Quantity.ROWS_READ: amount,
    Quantity.ROWS_CHANGED: amount,
    Quantity.SIZE: size,
    Quantity.LOG_BYTES: size,
}


def over(
    case: Case, took: Took, quantity: Quantity, value: float, limit: Limit
) -> str:
    """Return the sentence for a figure over its limit."""
    show = SHOWN[quantity]
    shown = show(value)
    did = {
        Quantity.SECONDS: f"takes {shown}",
        Quantity.READ_STALL: f"blocks reads{_of(took, 'read')} for {shown}",
        Quantity.WRITE_STALL: "blocks writes"
        f"{_of(took, 'write', 'transaction')} for {shown}",
        Quantity.ROWS_READ: f"reads {shown} rows",
        Quantity.ROWS_CHANGED: f"changes {shown} rows",
        Quantity.SIZE: f"makes the data {shown} larger",
        Quantity.LOG_BYTES: f"writes {shown} to the log",
    }[quantity]
    return (
        f"{case}: {took.step} {did} (limit {show(limit.value)}, "
        f"{limit.source})"
    )


def _of(took: Took, *kinds: str) -> str:
    longest = took.traffic.longest(*kinds) if took.traffic else None
    return f" to {longest.table}" if longest else ""
