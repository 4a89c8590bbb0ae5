"""Which values a column can hold, counted: the first, the second, the n-th.

What is counted without repeating makes a unique column of the row's number,
a scattered one of any number that is taken at random.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from turbo_hipster_real_db_upgrade.catalogue.dialects import Dialect
from turbo_hipster_real_db_upgrade.catalogue.model import ANY, Column, Kind

Nth = Callable[[str], str]
"""From the SQL of a whole number, 0 or more, to that of a value."""

ROOMY = 24
"""Characters of a text from which on it begins with its column's name."""
DAYS, SECONDS = 2_900_000, 800_000_000
"""From the first date on; TIMESTAMP of MariaDB ends in 2038."""
USUAL = 100_000
"""Different numbers in a column that is no key."""


@dataclasses.dataclass(frozen=True, slots=True)
class Domain:
    """``size`` values, of which ``spread`` are used where they may repeat."""

    size: int
    nth: Nth
    spread: int = 0

    def usual(self) -> int:
        """Return how many different values a column has that is no key."""
        return min(self.size, self.spread or self.size)


def of(dialect: Dialect, column: Column) -> Domain | None:
    """Return a column's values; None: we know none of that type."""
    found = _of(dialect, column)
    if found is None:
        return None
    nth = found.nth
    return dataclasses.replace(
        found, nth=lambda number: dialect.cast(nth(number), column)
    )


def _of(dialect: Dialect, column: Column) -> Domain | None:
    if column.choices:
        return Domain(len(column.choices), _choice(column.choices))
    if column.kind in _MAKERS:
        return _MAKERS[column.kind](dialect, column)
    if column.example:
        return Domain(1, lambda number: column.example)
    return None


def _choice(choices: tuple[str, ...]) -> Nth:
    cases = " ".join(
        f"WHEN {place} THEN {choice}" for place, choice in enumerate(choices)
    )
    return lambda number: f"CASE {number} {cases} END"


def _first(column: Column) -> int:
    """Return the first whole number: 0, or the nearest that is allowed."""
    return min(max(column.least, 0), column.most)


def _whole(dialect: Dialect, column: Column) -> Domain:
    first = _first(column)
    if not first:
        return Domain(column.most + 1, lambda n: n, USUAL)
    size = column.most - first + 1
    return Domain(size, lambda n: f"({first} + {n})", USUAL)


def _number(dialect: Dialect, column: Column) -> Domain:
    all_of_them, behind = column.digits
    first, unit = _first(column), 10**behind
    most = min(column.most, 10 ** (all_of_them - behind) - 1)
    size = min((most - first + 1) * unit, 10**17)
    if not behind:
        return Domain(size, lambda n: f"({first} + {n})", USUAL)
    return Domain(size, lambda n: f"({first} + ({n}) / {unit}.0)", USUAL)


def _real(dialect: Dialect, column: Column) -> Domain:
    first = _first(column)
    size = min(2**20, 4 * (column.most - first) + 1)
    return Domain(size, lambda n: f"({first} + ({n}) / 4.0)", USUAL)


def _text(dialect: Dialect, column: Column) -> Domain:
    name, longest = column.name.lower(), column.longest
    if longest == 32:
        return Domain(ANY, lambda n: _hex32(dialect, n, ""))
    if longest == 36 or ("uuid" in name and longest > 36):
        return Domain(ANY, lambda n: _hex32(dialect, n, "-"))
    if longest < ROOMY:
        return _short_text(dialect, longest)
    head, tail = f"{name[: longest - ROOMY + 1]} ", "''"
    if "mail" in name and longest >= 2 * ROOMY:
        head, tail = "user", "'@example.org'"
    head = head.ljust(column.shortest, "x")
    start = dialect.literal(head)
    return Domain(
        ANY, lambda n: dialect.join(start, dialect.text(n), tail), 10**9
    )


def _short_text(dialect: Dialect, longest: int) -> Domain:
    """Digits, as many as there is room for: they fit any least length."""
    width = min(longest, 15)
    if not width:
        return Domain(1, lambda n: "''")
    return Domain(16**width, lambda n: dialect.hexed(n, width), 10**9)


def _hex32(dialect: Dialect, number: str, between: str) -> str:
    """Return 32 digits that look like a UUID of kind 4."""
    bar = f"'{between}'"
    mixed = f"(({number}) * 40503 + 12345) % 65536"
    return dialect.join(
        dialect.hexed(f"(({number}) * 16807 + 7) % 2147483647", 8),
        bar,
        dialect.hexed(mixed, 4),
        dialect.literal(f"{between}4a7c{between}8b1d{between}"),
        dialect.hexed(number, 12),
    )


def _uuid(dialect: Dialect, column: Column) -> Domain:
    return Domain(ANY, lambda n: _hex32(dialect, n, "-"))


def _bytes(dialect: Dialect, column: Column) -> Domain:
    width = min(column.longest, 15)
    if not width:
        return Domain(1, lambda n: dialect.data("''"))
    return Domain(
        16**width, lambda n: dialect.data(dialect.hexed(n, width)), 10**9
    )


def _json(dialect: Dialect, column: Column) -> Domain:
    return Domain(
        ANY,
        lambda n: dialect.join("""'{"number": '""", dialect.text(n), "'}'"),
        USUAL,
    )


_MAKERS: dict[Kind, Callable[[Dialect, Column], Domain]] = {
    Kind.WHOLE: _whole,
    Kind.NUMBER: _number,
    Kind.REAL: _real,
    Kind.TEXT: _text,
    Kind.BYTES: _bytes,
    Kind.TRUTH: lambda d, _: Domain(2, d.truth),
    Kind.DAY: lambda d, _: Domain(DAYS, d.day, 9_000),
    Kind.CLOCK: lambda d, _: Domain(86_400, d.clock),
    Kind.MOMENT: lambda d, _: Domain(SECONDS, d.moment, SECONDS // 2),
    Kind.SPAN: lambda d, _: Domain(
        SECONDS, lambda n: f"({n}) * INTERVAL '1 s'", USUAL
    ),
    Kind.YEAR: lambda d, _: Domain(100, lambda n: f"(1970 + {n})"),
    Kind.JSON: _json,
    Kind.UUID: _uuid,
}
