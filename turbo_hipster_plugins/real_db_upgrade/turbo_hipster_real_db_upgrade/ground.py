"""What everything about one case stands on: its servers, steppers, layers."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Iterator
from types import SimpleNamespace

from turbo_hipster import exceptions, task
from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.migration_tool import (
    MigrationTool,
    Project,
    Stepper,
)
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.snapshots import Snapshot
from turbo_hipster_real_db_upgrade.climbing.layers import Layers
from turbo_hipster_real_db_upgrade.words import Case


@dataclasses.dataclass
class Ground:
    """One case, and what is needed to work on it.

    ``project`` is the change's code.  ``over`` is set when the build ends
    early: nothing more is begun then.
    """

    context: task.TaskContext
    settings: SimpleNamespace
    case: Case
    engine: Engine
    servers: Servers
    layers: Layers
    tool: MigrationTool
    project: Project
    over: threading.Event

    @contextlib.contextmanager
    def clone(self, snapshot: Snapshot) -> Iterator[Server]:
        """Lend a server on a clone."""
        self.go_on()
        server = self.servers.clone(snapshot)
        try:
            yield server
        finally:
            server.stop()

    @contextlib.contextmanager
    def stepper(
        self, server: Server, project: Project | None = None
    ) -> Iterator[Stepper]:
        """Open a stepper; with the change's code unless told otherwise."""
        self.go_on()
        with self.tool.open(
            self.context, project or self.project, server
        ) as stepper:
            yield stepper

    def go_on(self) -> None:
        """Raise Cancelled when the build is over."""
        if self.over.is_set():
            raise exceptions.Cancelled
