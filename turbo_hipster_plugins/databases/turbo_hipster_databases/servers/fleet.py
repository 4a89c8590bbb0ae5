"""The private servers of one build: the entry point for tasks."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.model import Release
from turbo_hipster_databases.snapshots import Snapshot, Store

MEMORY = 64 * 2**20


class Servers:
    """The private servers of one build; all end with the ``with`` block.

    ``server_user`` is the account they run as when we are root: empty for
    the engine's usual one, else ``nobody``.  ``memory`` is the size of a
    server's cache in bytes.  Safe from several threads.
    """

    def __init__(
        self,
        context: TaskContext,
        *,
        server_user: str = "",
        memory: int = MEMORY,
    ) -> None:
        self.context = context
        self.server_user = server_user
        self.memory = memory

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return

    def release(self, engine: Engine, version: str = "") -> Release:
        """Return the newest installed release whose version starts so.

        Raises ServerMissing, whose text says what to install.
        """
        raise NotImplementedError

    def empty(self, engine: Engine, release: Release | None = None) -> Server:
        """Start a server with an empty database, ready to be used.

        Its data come from a prepared empty snapshot, made by the first build
        that asks.  ``release`` is the newest installed one unless given.
        Raises ServerMissing, ServerFailed and SnapshotFailed.
        """
        raise NotImplementedError

    def clone(self, snapshot: Snapshot) -> Server:
        """Start a server on a clone of a snapshot, by the best technique.

        Raises ServerMissing (no such release is installed any more),
        ServerFailed and SnapshotFailed.
        """
        raise NotImplementedError

    def keep(self, server: Server, store: Store, key: str) -> Snapshot:
        """Shut a server down cleanly and make a snapshot of its data.

        The server is over afterwards.  Raises ServerFailed when it did not
        shut down cleanly, and SnapshotFailed.
        """
        raise NotImplementedError

    def stop(self, server: Server) -> None:
        """Kill a server and remove its data now, not at the build's end."""
        raise NotImplementedError
