"""How it was before the change: the base's history, walked when asked for.

A change is not blamed for what was there before it.  Only when there is
something to blame, the base is laid out and walked in its own environment.
"""

from __future__ import annotations

import dataclasses
import tarfile
import threading
from pathlib import Path

from turbo_hipster import exceptions
from turbo_hipster_databases import home
from turbo_hipster_databases.exceptions import HistoryBroken
from turbo_hipster_databases.projects.changed import GIT_LOG
from turbo_hipster_databases.projects.surrounding import Surrounding
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.walk import Walk, Walker


class Before:
    """The base of the change; safe from several threads."""

    def __init__(self, surrounding: Surrounding, base: str | None) -> None:
        self._surrounding = surrounding
        self._base = base
        self._lock = threading.Lock()
        self._tree: Path | None = None
        self._walks: dict[str, Walk | None] = {}

    def walk(self, ground: Ground) -> Walk | None:
        """Return the walk up the base's history on this engine.

        None where there is no base, or no history can be had of it.
        """
        if self._base is None:
            return None
        with self._lock:
            if ground.name not in self._walks:
                self._walks[ground.name] = self._walked(ground)
            return self._walks[ground.name]

    def differences(self, ground: Ground) -> tuple[str, ...] | None:
        """Return what models and migrations disagreed about."""
        walk = self.walk(ground)
        return walk.differences if walk else None

    def failed_at(self, ground: Ground) -> str:
        """Return the revision at which it failed before; empty: it did not."""
        walk = self.walk(ground)
        if walk is None or walk.failed is None:
            return ""
        return walk.failed.ran.migration.revision

    def _walked(self, ground: Ground) -> Walk | None:
        try:
            project = self._surrounding.project(self._laid_out(ground))
            there = dataclasses.replace(ground, project=project)
            walker = Walker(there)
            with walker.ready() as history:
                return walker.walk(history)
        except (HistoryBroken, exceptions.TurboHipsterError) as error:
            ground.context.log.info(
                "How it was before the change cannot be told: %s", error
            )
            return None

    def _laid_out(self, ground: Ground) -> Path:
        """Lay the base out; ``git archive`` works at a desk, too."""
        if self._tree is not None:
            return self._tree
        room = home.room(ground.context)
        archive = room / "base.tar"
        ended = ground.context.execute(
            ["git", "archive", f"--output={archive}", str(self._base)],
            cwd=ground.context.workspace,
            log=GIT_LOG,
        )
        if ended.status:
            raise exceptions.FetchFailed(
                f"git archive failed: {ended.tail.strip()[-200:]}"
            )
        tree = room / "base"
        with tarfile.open(archive) as opened:
            opened.extractall(tree, filter="data")
        archive.unlink()
        self._tree = tree
        return tree
