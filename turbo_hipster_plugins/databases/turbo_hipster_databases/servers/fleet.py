"""The private servers of one build: the entry point for tasks."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from turbo_hipster.task import TaskContext
from turbo_hipster_databases import plugins
from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.exceptions import ServerMissing
from turbo_hipster_databases.home import home, room
from turbo_hipster_databases.model import Release
from turbo_hipster_databases.servers.accounts import account, give, may_mount
from turbo_hipster_databases.servers.preparing import prepare
from turbo_hipster_databases.servers.private import (
    MountRefused,
    PrivateServer,
)
from turbo_hipster_databases.servers.room import Room
from turbo_hipster_databases.servers.serverless import Serverless
from turbo_hipster_databases.snapshots import (
    Manifest,
    Snapshot,
    Store,
    clone,
    technique,
)

MEMORY = 64 * 2**20
LAYOUT = "1"
"""Changes when the same programs would make another empty directory."""

ROOM_OF_EMPTY = 200 * 2**20
"""Bytes that an empty data directory takes at most."""

Made = TypeVar("Made")


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
        self.store = Store(home(context) / "snapshots", context.log)
        self._mounts = may_mount()
        self._lock = threading.Lock()
        self._running: dict[int, tuple[Server, Snapshot]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.ExitStack() as ends:
            ends.callback(self.store.close)
            with self._lock:
                servers = [server for server, _ in self._running.values()]
            for server in servers:
                ends.callback(server.stop)

    def release(self, engine: Engine, version: str = "") -> Release:
        """Return the newest installed release whose version starts so.

        ``15`` is any 15.x.  Raises ServerMissing, whose text says what to
        install.
        """
        installed = engine.releases()
        for release in installed:
            if not version or f"{release.version}.".startswith(f"{version}."):
                return release
        wanted = f"{engine.title} {version}".strip()
        has = ", ".join(str(release) for release in installed)
        raise ServerMissing(
            f"{wanted} is not installed"
            + (f" (there is {has})" if has else "")
            + f"; {engine.advice()}"
        )

    def empty(self, engine: Engine, release: Release | None = None) -> Server:
        """Start a server with an empty database, ready to be used.

        Its data come from a prepared empty snapshot, made by the first build
        that asks.  ``release`` is the newest installed one unless given.
        Raises ServerMissing, ServerFailed and SnapshotFailed.
        """
        release = release or self.release(engine)
        snapshot = self.prepared(engine, release)
        return self._start(engine, release, snapshot)

    def prepared(self, engine: Engine, release: Release) -> Snapshot:
        """Return the snapshot of an empty server, made if there is none."""
        manifest = Manifest(
            engine.name,
            release.version,
            settings={"layout": LAYOUT, "origin": release.origin},
            owner=self.owner(engine, release),
        )

        def fill(folder: Path) -> None:
            if not self._has_server(engine, release):
                engine.initialise(release, folder, _run_nothing)
                return
            self._in_a_room(
                manifest.owner, release, lambda place: make(place, folder)
            )

        def make(place: Room, folder: Path) -> None:
            prepare(self.context, engine, release, place, folder)
            place.remove()

        return self.store.make(manifest, fill, needs=ROOM_OF_EMPTY)

    def owner(self, engine: Engine, release: Release) -> str:
        """Return the account that a server's files belong to, for a Manifest.

        Empty: our own.
        """
        if not self._has_server(engine, release):
            return ""
        return account(engine, self.server_user)

    def clone(self, snapshot: Snapshot) -> Server:
        """Start a server on a clone of a snapshot, by the best technique.

        Raises ServerMissing (no such release is installed any more),
        ServerFailed and SnapshotFailed.
        """
        told = snapshot.manifest
        engine = plugins.engine(told.engine)
        fitting = [
            release
            for release in engine.releases()
            if release.version == told.version
        ]
        if not fitting:
            raise ServerMissing(
                f"snapshot {snapshot} needs {engine.title} {told.version}, "
                "which is not installed any more; make it anew"
            )
        origin = told.settings.get("origin", "")
        fitting.sort(key=lambda release: release.origin != origin)
        held = self.store.find(told) or snapshot
        return self._start(engine, fitting[0], held)

    def keep(self, server: Server, manifest: Manifest) -> Snapshot:
        """Shut a server down cleanly and make a snapshot of its data.

        It goes to ``store`` and is held there.  The server is over
        afterwards.  Raises ServerFailed when it did not shut down cleanly,
        and SnapshotFailed.
        """
        assert isinstance(server, PrivateServer | Serverless)
        try:
            server.stop(clean=True)
            return self.store.keep(manifest, server.body)
        finally:
            server.stop()

    def stop(self, server: Server) -> None:
        """Kill a server and remove its data now, not at the build's end."""
        server.stop()

    def _start(
        self, engine: Engine, release: Release, snapshot: Snapshot
    ) -> Server:
        if not self._has_server(engine, release):
            return self._file(engine, release, snapshot)

        def start(place: Room) -> PrivateServer:
            how = technique(self.context, self.store.folder, place.folder)
            body = clone(snapshot, place.folder, how)
            give(body.path.parent, owner)
            server = PrivateServer(
                self.context, engine, release, body, place, self._forget
            )
            server.start(self.memory)
            self._remember(server, snapshot)
            return server

        owner = snapshot.manifest.owner
        try:
            return self._in_a_room(owner, release, start)
        except BaseException:
            self.store.let_go(snapshot)
            raise

    def _file(
        self, engine: Engine, release: Release, snapshot: Snapshot
    ) -> Server:
        folder = room(self.context)
        how = technique(self.context, self.store.folder, folder)
        body = clone(snapshot, folder, how, mount=False)
        server = Serverless(
            self.context, engine, release, body, folder, self._forget
        )
        self._remember(server, snapshot)
        return server

    def _in_a_room(
        self, owner: str, release: Release, do: Callable[[Room], Made]
    ) -> Made:
        """Do something in a new room; without mounts where there are none.

        The room stays when all goes well.
        """
        mounts = self._mounts
        place = Room(self.context, owner, release.programs, mounts=mounts)
        try:
            return do(place)
        except MountRefused as error:
            place.remove()
            if not mounts:
                raise
            self.context.log.info("Nothing can be mounted here: %s", error)
            self._mounts = False
        except BaseException:
            place.remove()
            raise
        return self._in_a_room(owner, release, do)

    def _has_server(self, engine: Engine, release: Release) -> bool:
        nowhere = Path("/")
        return bool(engine.argv(release, nowhere, nowhere, self.memory))

    def _remember(self, server: Server, snapshot: Snapshot) -> None:
        with self._lock:
            self._running[id(server)] = (server, snapshot)

    def _forget(self, server: Server) -> None:
        with self._lock:
            found = self._running.pop(id(server), None)
        if found is not None:
            self.store.let_go(found[1])


def _run_nothing(_: object) -> None:
    raise AssertionError("an engine without a server has no programs")
