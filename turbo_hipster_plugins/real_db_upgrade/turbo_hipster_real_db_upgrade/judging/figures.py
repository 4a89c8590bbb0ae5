"""A step's figures by quantity, as limits and history know them."""

from __future__ import annotations

from collections.abc import Mapping

from turbo_hipster_databases.history.words import Quantity
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
            (Quantity.ROWS_READ, _total(measured.rows_read)),
            (Quantity.ROWS_CHANGED, _total(measured.rows_changed)),
            (Quantity.SIZE, measured.size_change),
            (Quantity.LOG_BYTES, measured.log_bytes),
        ):
            if value is not None:
                found[quantity] = float(max(value, 0))
    return found


def _total(rows: Mapping[str, int] | None) -> int | None:
    return None if rows is None else sum(rows.values())
