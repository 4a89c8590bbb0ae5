"""A database that is a file: nothing runs, and still it is a Server."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import LOG_TAIL, Engine
from turbo_hipster_databases.model import Body, Release
from turbo_hipster_databases.servers.instance import Instance


class Serverless(Instance):
    """A body that its clients read and write by themselves."""

    def __init__(
        self,
        context: TaskContext,
        engine: Engine,
        release: Release,
        body: Body,
        folder: Path,
        gone: Callable[[Serverless], None],
    ) -> None:
        super().__init__(context, engine, release, body, gone)
        self._folder = folder
        self._over = False

    def url(self, scheme: str = "") -> str:
        """Return the SQLAlchemy URL, for one of the engine's ``drivers``."""
        return self.engine.url(self.body.path, self.body.path, scheme)

    def connect(self) -> Any:
        """Return a new DB-API connection in autocommit mode."""
        return self.engine.connect(self.body.path, self.body.path)

    def data(self) -> Path:
        """Return its data directory."""
        return self.body.path

    def alive(self) -> bool:
        """Say whether it can still be used."""
        return not self._over

    def log_tail(self, most: int = LOG_TAIL) -> str:
        """Return nothing: it has no log."""
        return ""

    def stop(self, *, clean: bool = False) -> None:
        """End its use; without ``clean`` its data are removed."""
        self._over = True
        if not clean and not self._removed:
            self._removed = True
            shutil.rmtree(self._folder, ignore_errors=True)
            self._gone(self)
