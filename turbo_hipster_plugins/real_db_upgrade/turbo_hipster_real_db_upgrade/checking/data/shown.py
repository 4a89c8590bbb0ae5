"""The table ``data`` of the report: rows before and after, what differs."""

from __future__ import annotations

from typing import Any

from turbo_hipster_real_db_upgrade.checking.data.fates import Fate
from turbo_hipster_real_db_upgrade.checking.data.held import Held
from turbo_hipster_real_db_upgrade.checking.subject import Subject
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed

NAME, TITLE = "data", "What the steps did to the data"


class Shown:
    """Gathers the rows of one step.

    Tables that nothing names and that are as they were have one row
    together.
    """

    def __init__(self, subject: Subject, step: Rehearsed) -> None:
        self._subject = subject
        self._step = step
        self._rows: list[dict[str, Any]] = []
        self._others = [0, 0]

    def gone(self, fate: Fate, rows: int) -> None:
        """Show a table that is there no more."""
        self._rows.append(self._row(fate.table, rows, 0, "dropped"))

    def held(self, held: Held) -> None:
        """Show a table, and how it differs."""
        found, fate = held.compared, held.fate
        differs = ", ".join(
            name if count is None else f"{name} {count:,}"
            for name, count in found.differs.items()
        )
        if not held.keyed and found.gone and found.came:
            differs = "rows without a key"
        name = fate.table
        if fate.now != fate.table:
            name = f"{fate.table}, now {fate.now}"
        if fate.untouched and not differs and found.before == found.after:
            self._others[0] += 1
            self._others[1] += found.before
            return
        what = "untouched" if fate.untouched else "touched"
        if found.apart:
            what += f"; not compared: {', '.join(found.apart)}"
        self._rows.append(
            self._row(name, found.before, found.after, what, differs)
        )

    def done(self, seconds: float) -> None:
        """Put the rows into the report."""
        tables, rows = self._others
        if tables:
            named = f"{tables} other{'' if tables == 1 else 's'}"
            self._rows.append(self._row(named, rows, rows, "untouched"))
        for row in self._rows:
            row["pass seconds"] = round(seconds, 3)
        self._subject.ground.context.table(NAME, self._rows, TITLE)

    def _row(
        self, table: str, before: int, after: int, what: str, differs: str = ""
    ) -> dict[str, Any]:
        case = self._subject.ground.case
        return {
            "dataset": case.dataset.name,
            "engine": case.engine,
            "revision": self._step.link.migration.revision,
            "table": table,
            "rows before": before,
            "rows after": after,
            "what": what,
            "values changed": differs,
        }
