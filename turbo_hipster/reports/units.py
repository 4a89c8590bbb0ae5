"""Numbers as people write them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

NOTHING = "\u2013"  # a dash, where a table has no value


def number(value: float) -> str:
    """Write a number with thousands apart and no digits of false detail."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) or (
        math.isfinite(value) and value == int(value) and abs(value) < 1e15
    ):
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.1f}"
    return f"{value:.3g}"


def duration(seconds: float) -> str:
    """Write seconds as ``340 ms``, ``12.3 s``, ``4 min 05 s``, ``2 h``."""
    if not math.isfinite(seconds) or seconds < 0:
        return "unknown"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size(count: float) -> str:
    """Write a number of bytes in the largest unit that fits."""
    if count < 1024:
        return "1 byte" if count == 1 else f"{count} bytes"
    power = min(4, int(math.log2(count)) // 10)
    return f"{count / 1024**power:.1f} {'KMGT'[power - 1]}iB"


def moment(stamp: float, layout: str = "%Y-%m-%d %H:%M:%S UTC") -> str:
    """Write seconds since the epoch in UTC, ``unknown`` where impossible."""
    try:
        return datetime.fromtimestamp(stamp, UTC).strftime(layout)
    except (OverflowError, OSError, ValueError):
        return "unknown"


def cell(value: Any) -> str:
    """Write any plain value as it stands in a table."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, list | tuple):
        return ", ".join(cell(item) for item in value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def plural(count: int, one: str, many: str = "") -> str:
    """Write a count with its noun: ``1 line``, ``2 lines``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
