"""What a forked process inherits, and what it must not."""

from __future__ import annotations

import os
from collections.abc import Sequence


def close_all_but(keep: Sequence[int]) -> None:
    """Close every descriptor from 3 on that is not named."""
    low = 3
    for one in sorted(keep):
        if one >= low:
            os.closerange(low, one)
            low = one + 1
    os.closerange(low, 1 << 20)
