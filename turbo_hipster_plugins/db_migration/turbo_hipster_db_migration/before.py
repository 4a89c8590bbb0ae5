"""How it was before the change: the base's history, looked at when asked for.

A change is not blamed for what was there before it.  Only when there is
something to blame, the base is laid out and walked in its own environment.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from turbo_hipster import task
from turbo_hipster_databases import home
from turbo_hipster_databases.exceptions import (
    HistoryBroken,
    RequirementsRefused,
)
from turbo_hipster_databases.migration_tool import Project
from turbo_hipster_databases.model import History
from turbo_hipster_databases.projects.preparing import PrepareFailed
from turbo_hipster_databases.projects.surrounding import Surrounding
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.laying import lay_out
from turbo_hipster_db_migration.walk import Walk, Walker

NOWHERE = HistoryBroken("no_history", "its folder was not there")


@dataclasses.dataclass(frozen=True)
class Was:
    """How it was on one engine: a walk, or why there was none.

    ``checkout`` is where the base lies.  With neither walk nor ``broken`` it
    cannot be told; the report says why.
    """

    walk: Walk | None = None
    broken: HistoryBroken | None = None
    checkout: Path = Path("/")


class Before:
    """The base of the change; safe from several threads.

    What it raises is CannotJudge: then nobody knows what to blame on whom.
    """

    def __init__(
        self,
        context: task.TaskContext,
        surrounding: Surrounding,
        base: str | None,
    ) -> None:
        self._context = context
        self._surrounding = surrounding
        self._base = base
        self._lock = threading.Lock()
        self._tree: Path | None = None
        self._laid_out = False
        self._project: Project | None = None
        self._refused: RequirementsRefused | None = None
        self._turns: dict[str, threading.Lock] = {}
        self._was: dict[str, Was] = {}
        self._histories: dict[str, History | None] = {}

    def was(self, ground: Ground) -> Was:
        """Return how it was on this engine; the base is walked once."""
        if self._base is None:
            return Was()
        with self._turn(ground):
            if ground.name not in self._was:
                self._was[ground.name] = self._walked(ground)
            return self._was[ground.name]

    def history(self, ground: Ground) -> History | None:
        """Return the base's history, without a walk; None: there is none."""
        if self._base is None:
            return None
        with self._turn(ground):
            name = ground.name
            if name in self._was:
                walk = self._was[name].walk
                return walk.history if walk else None
            if name not in self._histories:
                self._histories[name] = self._read(ground)
            return self._histories[name]

    def refused(self) -> RequirementsRefused | None:
        """Return why the base's environment cannot be had, if it cannot."""
        if self._base is not None:
            self._prepare()
        return self._refused

    def python(self) -> Path | None:
        """Return the interpreter of the base's environment, if it has one.

        It is the change's own where both require the same.
        """
        if self._base is not None:
            self._prepare()
        return self._project.python if self._project else None

    @contextmanager
    def _turn(self, ground: Ground) -> Iterator[None]:
        """Let one thread at a time look at an engine, each at its own."""
        with self._lock:
            turn = self._turns.setdefault(ground.name, threading.Lock())
        with turn:
            yield

    def _walked(self, ground: Ground) -> Was:
        there = self._there(ground)
        if there is None:
            nowhere = self._laid_out and self._tree is None
            return Was(broken=NOWHERE if nowhere else None)
        checkout = there.project.checkout
        try:
            walker = Walker(there)
            with walker.ready() as history:
                return Was(walker.walk(history), checkout=checkout)
        except HistoryBroken as error:
            return Was(broken=error, checkout=checkout)
        except PrepareFailed as error:
            self._cannot_tell(ground, error)
            return Was()

    def _read(self, ground: Ground) -> History | None:
        there = self._there(ground)
        if there is None:
            return None
        try:
            with Walker(there).ready() as history:
                return history
        except HistoryBroken:
            return None
        except PrepareFailed as error:
            self._cannot_tell(ground, error)
            return None

    def _there(self, ground: Ground) -> Ground | None:
        """Return the same ground with the base for its project."""
        self._prepare()
        if self._refused is not None:
            self._cannot_tell(ground, self._refused)
        if self._project is None:
            return None
        return dataclasses.replace(ground, project=self._project)

    def _prepare(self) -> None:
        """Lay the base out and make its environment, once."""
        assert self._base is not None
        with self._lock:
            if not self._laid_out:
                room = home.room(self._context)
                self._tree = lay_out(self._context, self._base, room)
                self._laid_out = True
            if self._tree is None or self._project or self._refused:
                return
            try:
                self._project = self._surrounding.project(self._tree)
            except RequirementsRefused as error:
                self._refused = error

    def _cannot_tell(self, ground: Ground, error: Exception) -> None:
        ground.board.gap(
            f"{ground.name}: how it was before the change",
            f"{' '.join(str(error).split())[:300]}; nothing is excused by it",
        )
