"""How the findings of a step are said: counts and first keys, no values."""

from __future__ import annotations

from collections.abc import Sequence

from turbo_hipster import model
from turbo_hipster_real_db_upgrade.climbing.chain import Link
from turbo_hipster_real_db_upgrade.judging.judge import Judge


class Voice:
    """Says what is found of one step."""

    def __init__(self, judge: Judge, link: Link) -> None:
        self._judge = judge
        self._link = link

    def say(
        self,
        found: str,
        says: str,
        *,
        table: str = "",
        measured: int | None = None,
        first: Sequence[str] = (),
        severity: model.Severity = model.Severity.FAIL,
        advice: str = "",
        limit: float | str | None = None,
        limit_source: str = "",
    ) -> None:
        """Point at it; the ``first`` keys stand in the detail."""
        keys = f"The first keys: {', '.join(first)}" if first else ""
        self._judge.point(
            found,
            self._link,
            says,
            table=table,
            measured=measured,
            severity=severity,
            advice=advice,
            detail=keys,
            limit=limit,
            limit_source=limit_source,
        )


def rows(count: int) -> str:
    """Return a count of rows in words."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def values(count: int) -> str:
    """Return a count of values in words."""
    return f"{count:,} value{'' if count == 1 else 's'}"
