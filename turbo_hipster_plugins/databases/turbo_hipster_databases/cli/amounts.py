"""Bytes and times, as people write and read them."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Sequence

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def parse_bytes(text: str) -> int:
    """Return the bytes that ``20GiB``, ``20G`` or ``20000`` means."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:iB|B)?", text)
    if not found:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no size; write 20GiB, 500MiB or a number of bytes"
        )
    return int(float(found[1]) * UNITS[found[2]])


def show_bytes(count: int) -> str:
    """Return ``count`` bytes with three digits and a unit."""
    amount, unit = float(count), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{count} B" if unit == "B" else f"{amount:.3g} {unit}"


def show_time(moment: float) -> str:
    """Return a moment as local time."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))


def show_seconds(seconds: float) -> str:
    """Return a duration in its best unit: 340 ms, 41 s, 70 min."""
    for below, length, unit in ((0.9995, 0.001, "ms"), (100, 1, "s")):
        if seconds < below:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds / 60:.3g} min"


BARS = "▁▂▃▄▅▆▇█"


def show_trend(values: Sequence[float], most: int = 20) -> str:
    """Return the last values as a row of bars, the newest on the right.

    The lowest bar stands for zero, so that what hardly varies looks flat.
    """
    shown = list(values)[-most:]
    top = max(shown, default=0.0)
    if top <= 0:
        return BARS[0] * len(shown)
    steps = len(BARS) - 1
    return "".join(BARS[round(max(one, 0) / top * steps)] for one in shown)
