"""Where the findings of a build pass by, so that the worst is named first.

They are found in the order of the passes, and by several datasets at once;
an author who reads one sentence is to read the one that matters most.
"""

from __future__ import annotations

import threading
from typing import Any

from turbo_hipster import model, task
from turbo_hipster_databases.model import Migration
from turbo_hipster_real_db_upgrade.judging import ids


class Findings:
    """The findings of a build.  Safe from several threads."""

    def __init__(self, context: task.TaskContext) -> None:
        self._context = context
        self._failing: list[model.Finding] = []
        self._lock = threading.Lock()

    def point(self, found: str, says: str, **more: Any) -> None:
        """Point at something; ``more`` as the contract's ``finding``."""
        ruled = self._context.finding(found, says, **more)
        failing = ruled.severity is model.Severity.FAIL
        if failing and getattr(ruled, "accepted", None) is None:
            with self._lock:
                self._failing.append(ruled)

    @property
    def worst(self) -> str:
        """What the worst says that fails the build; empty: none does."""
        with self._lock:
            found = sorted(self._failing, key=_weight)
        return found[0].message if found else ""


def file_of(migration: Migration) -> dict[str, str]:
    """Return where a migration stands, for those who show it beside it."""
    first = next(iter(migration.files), "")
    return {"file": first} if first else {}


def _weight(found: model.Finding) -> tuple[int, float]:
    """Return what is smallest for the worst: its kind, then how far over."""
    kinds = ids.WORST_FIRST
    place = kinds.index(found.id) if found.id in kinds else len(kinds)
    measured, limit = found.measured, found.limit
    over = 0.0
    if isinstance(measured, int | float) and isinstance(limit, int | float):
        over = measured / max(limit, 1e-9)
    return place, -over
