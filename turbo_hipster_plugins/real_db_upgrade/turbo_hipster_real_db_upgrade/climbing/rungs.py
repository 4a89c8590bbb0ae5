"""Rungs: a ref of the project, its code, and the history it has.

Reading a history takes the project's interpreter a second or more; that of
a commit never changes, so it is read once and noted down.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from turbo_hipster import task
from turbo_hipster.exceptions import FetchFailed
from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.home import home
from turbo_hipster_databases.migration_tool import (
    MigrationTool,
    Project,
)
from turbo_hipster_databases.model import History, Migration
from turbo_hipster_databases.projects.surrounding import Surrounding

GIT_LOG = "git_prep.log"
FOLDER = "histories"
PLACES = ("refs/remotes/origin/{}", "refs/heads/{}", "refs/tags/{}", "{}")
"""Where a ref of the ladder is looked for, best first."""


class RungGone(Exception):
    """The ref of a rung is not there; the text says so."""


class Rung:
    """One ref of the ladder; its code is laid out when it is needed."""

    def __init__(
        self,
        context: task.TaskContext,
        ref: str,
        surrounding: Surrounding,
        key: str,
    ) -> None:
        self.ref = ref
        self._context = context
        self._surrounding = surrounding
        self._key = key
        self._project: Project | None = None
        self.commit = self._resolved()

    def project(self) -> Project:
        """Return its code with its environment.

        Raises RungGone, RequirementsRefused and EnvironmentFailed.
        """
        if self._project is None:
            try:
                tree = self._context.checkout(self.commit or self.ref)
            except FetchFailed as error:
                raise RungGone(f"{self.ref} cannot be had: {error}") from None
            self._project = self._surrounding.project(tree)
        return self._project

    def history(
        self,
        tool: MigrationTool,
        engine: Engine,
        empty: Callable[[], Server],
    ) -> History:
        """Return its history; on an ``empty`` server if it is not known.

        The job's ``prepare`` runs on that server first.
        """
        note = self._note(engine)
        if note is not None:
            known = _read(note)
            if known is not None:
                return known
        server = empty()
        try:
            project = self.project()
            self._surrounding.prepare(project, server)
            with tool.open(self._context, project, server) as stepper:
                history = stepper.history()
        finally:
            server.stop()
        if note is not None:
            _write(note, history, self._context.build.id)
        return history

    def _note(self, engine: Engine) -> Path | None:
        if not self.commit:
            return None
        what = json.dumps([self.commit, engine.name, self._key])
        name = hashlib.sha256(what.encode()).hexdigest()[:32]
        folder = home(self._context) / FOLDER
        folder.mkdir(exist_ok=True)
        return folder / f"{name}.json"

    def _resolved(self) -> str:
        """Return the commit, if the checkout knows it; else nothing."""
        for place in PLACES:
            ended = self._context.execute(
                [
                    "git",
                    "rev-parse",
                    "--verify",
                    "--quiet",
                    "--end-of-options",
                    place.format(self.ref) + "^{commit}",
                ],
                cwd=self._context.workspace,
                log=GIT_LOG,
            )
            if ended.status == 0:
                return ended.tail.strip()
        return ""


def _read(note: Path) -> History | None:
    try:
        told = json.loads(note.read_text())
        return History(
            migrations=tuple(
                Migration(
                    revision=str(one["revision"]),
                    parents=tuple(map(str, one["parents"])),
                    title=str(one["title"]),
                    files={str(k): str(v) for k, v in one["files"].items()},
                    can_undo=one["can_undo"],
                )
                for one in told["migrations"]
            ),
            heads=tuple(map(str, told["heads"])),
            steps=str(told["steps"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(note: Path, history: History, build: str) -> None:
    told: dict[str, Any] = {
        "migrations": [
            {
                "revision": one.revision,
                "parents": list(one.parents),
                "title": one.title,
                "files": dict(one.files),
                "can_undo": one.can_undo,
            }
            for one in history.migrations
        ],
        "heads": list(history.heads),
        "steps": history.steps,
    }
    draft = note.with_name(f"{note.name}.{build}")
    draft.write_text(json.dumps(told))
    draft.rename(note)
