"""One row of the table, and how it is measured fairly.

Rivals take turns with us, round by round, so that a noisy minute of the
machine hits all of them; what is shown is the median.
"""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Row:
    """A measured line of the table, in the form of ``build/bench.json``.

    ``ratio`` is ours ÷ best rival for times and memory, best rival ÷ ours
    for rates: below 1 is better, None without a rival.  ``reach`` is the
    goal in words, ``reached`` whether it is met.
    """

    name: str
    ours: float
    unit: str
    rivals: Mapping[str, float]
    ratio: float | None
    reach: str
    reached: bool


def row(
    name: str,
    unit: str,
    ours: float,
    rivals: Mapping[str, float] | None = None,
    *,
    reach: str,
    reached: bool,
) -> Row:
    """Make a row."""
    ours = round(ours, 4)
    rivals = {key: round(value, 4) for key, value in (rivals or {}).items()}
    factor = ratio(unit, ours, rivals)
    return Row(name, ours, unit, rivals, factor, reach, reached)


def ratio(unit: str, ours: float, rivals: Mapping[str, float]) -> float | None:
    """Compare us with the best rival; a unit that ends in ``/s`` is a rate."""
    if not rivals:
        return None
    if unit.endswith("/s"):
        return round(max(rivals.values()) / ours, 3)
    return round(ours / min(rivals.values()), 3)


def alternate(
    contenders: Mapping[str, Callable[[], float]],
    rounds: int,
    warm_up: int = 0,
) -> dict[str, float]:
    """Call each contender once a round; return each one's median."""
    seen: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(warm_up + rounds):
        for name, measure in contenders.items():
            value = measure()
            if number >= warm_up:
                seen[name].append(value)
    return {name: statistics.median(values) for name, values in seen.items()}


def seconds(action: Callable[[], object]) -> float:
    """Return how long ``action`` took, in seconds."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def wait_until(
    condition: Callable[[], object], what: str, timeout: float = 30
) -> None:
    """Wait for a condition; raises TimeoutError that says ``what``."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout} s")
        time.sleep(0.01)


def file_system(folder: Path) -> str:
    """Return the type of the file system that ``folder`` is on."""
    best, kind = "", "unknown"
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        mount = left.split()[4]
        inside = folder.resolve().is_relative_to(mount)
        if inside and len(mount) >= len(best):
            best, kind = mount, right.split()[0]
    return kind
