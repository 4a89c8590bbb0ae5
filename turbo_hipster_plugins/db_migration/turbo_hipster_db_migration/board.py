"""What was checked on which engine, and what came of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from turbo_hipster import model, task
from turbo_hipster_db_migration.words import CHECKS, Check

OK = "ok"
NOT = "not checked"
PART = "ok, in part"
IDLE = "nothing new"
OFF = "off"
FOUND_OFF = "found, but off"
NO_WAY_BACK = "no downgrade"
NOTHING = (None, IDLE, OFF, NO_WAY_BACK)
"""What a cell may say before there was anything to check."""


class Board:
    """Collects the checks of all engines; safe from several threads.

    A cell that nobody filled says that it was not checked.
    """

    def __init__(self, context: task.TaskContext) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._cells: dict[tuple[str, str], str] = {}
        self._said: set[tuple[str, str]] = set()

    def passed(self, engine: str, *checks: Check) -> None:
        """Say that nothing was found, unless something was."""
        with self._lock:
            for check in checks:
                key = engine, check.id
                before = self._cells.get(key)
                if before in NOTHING:
                    self._cells[key] = OK
                elif before == NOT:
                    self._cells[key] = PART

    def idle(self, engine: str, *checks: Check, word: str = IDLE) -> None:
        """Say that there was nothing to check; it is no gap."""
        with self._lock:
            for check in checks:
                self._cells.setdefault((engine, check.id), word)

    def found(
        self,
        check: Check,
        message: str,
        where: Mapping[str, str],
        *,
        advice: str,
        severity: model.Severity = model.Severity.FAIL,
        measured: float | str | None = None,
        limit: float | str | None = None,
        limit_source: str = "",
        detail: str = "",
    ) -> model.Finding:
        """Point at something."""
        if severity is not model.Severity.NOTE:
            advice = (
                f"{advice} If the project can live with it, accept "
                f"{check.id} in .turbo-hipster.toml."
            )
        finding = self._context.finding(
            check.id,
            message,
            severity=severity,
            where=where,
            measured=measured,
            limit=limit,
            limit_source=limit_source,
            advice=advice,
            detail=detail,
        )
        if "engine" in where:
            word = finding.severity.value
            if finding.accepted is not None:
                word = "accepted"
            elif finding.severity is not severity and word == "note":
                word = FOUND_OFF  # the job turned it off
            with self._lock:
                self._mark((where["engine"], check.id), word)
        return finding

    def skipped(self, engine: str, check: Check, what: str, why: str) -> None:
        """Say that something was not checked; ``what`` may be empty."""
        with self._lock:
            key = engine, check.id
            if self._cells.get(key) in (None, OK):
                self._cells[key] = PART if key in self._cells else NOT
        self.gap(f"{engine}: {check}{': ' if what else ''}{what}", why)

    def gap(self, what: str, why: str) -> None:
        """Say once that something was not checked; it is no one check's."""
        with self._lock:
            if (what, why) in self._said:
                return
            self._said.add((what, why))
        self._context.not_checked(what, why)

    def left_out(self, engine: str, checks: Sequence[Check], why: str) -> None:
        """Say that checks were not done at all."""
        for check in checks:
            self.skipped(engine, check, "", why)

    def show(self, engines: Mapping[str, str]) -> None:
        """Show the table; ``engines`` maps each name to its title."""
        self._context.table(
            "checks",
            [
                {
                    "engine": title,
                    **{
                        f"{check.title} ({check.id})": self._cells.get(
                            (name, check.id), NOT
                        )
                        for check in CHECKS
                    },
                }
                for name, title in engines.items()
            ],
            "What was checked on which engine",
        )

    def _mark(self, key: tuple[str, str], word: str) -> None:
        """Let the worst word stand."""
        rank = [
            NOT,
            IDLE,
            OFF,
            NO_WAY_BACK,
            OK,
            PART,
            "note",
            FOUND_OFF,
            "accepted",
            "warn",
            "fail",
        ]
        if rank.index(word) >= rank.index(self._cells.get(key, NOT)):
            self._cells[key] = word
