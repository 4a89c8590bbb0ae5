"""A step's figures by quantity, as limits and history know them."""

from __future__ import annotations

from collections.abc import Mapping

from turbo_hipster_databases.history.words import Quantity
from turbo_hipster_databases.schema.model import BOOKKEEPING
from turbo_hipster_real_db_upgrade.words import Took


def figures(took: Took) -> dict[Quantity, float]:
    """Return what was measured; what was not is not there."""
    found: dict[Quantity, float] = {Quantity.SECONDS: took.ran.seconds}
    measured, traffic = took.measured, took.traffic
    if traffic is not None:
        reads = traffic.longest("read")
        writes = traffic.longest("write", "transaction")
        found[Quantity.READ_STALL] = reads.seconds if reads else 0.0
        found[Quantity.WRITE_STALL] = writes.seconds if writes else 0.0
    if measured is not None:
        for quantity, value in (
            (Quantity.ROWS_READ, total(measured.rows_read)),
            (Quantity.ROWS_CHANGED, total(measured.rows_changed)),
            (Quantity.SIZE, measured.size_change),
            (Quantity.LOG_BYTES, measured.log_bytes),
        ):
            if value is not None:
                found[quantity] = float(max(value, 0))
    return found


def total(rows: Mapping[str, int] | None) -> int | None:
    """Return the rows of all tables but those the tool keeps for itself."""
    if rows is None:
        return None
    return sum(
        count for table, count in rows.items() if table not in BOOKKEEPING
    )
