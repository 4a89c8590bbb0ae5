"""Bytes and times, as people write and read them."""

from __future__ import annotations

import argparse
import re
import time

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
