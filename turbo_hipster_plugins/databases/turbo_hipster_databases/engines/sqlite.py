"""SQLite: a file, and no server."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from turbo_hipster_databases.engine import Engine, Observer, Run, Server
from turbo_hipster_databases.model import Release
from turbo_hipster_databases.schema.model import Schema

FILE = "turbo.sqlite"


class SQLite(Engine):
    """The library that this interpreter is linked with."""

    name = "sqlite"
    title = "SQLite"
    drivers = {"sqlite3": "sqlite", "aiosqlite": "sqlite+aiosqlite"}
    fallback = ""

    def releases(self) -> Sequence[Release]:
        """Return the one there is."""
        programs = Path(sys.executable).parent
        version = sqlite3.sqlite_version
        return [Release(self.name, version, programs, "builtin")]

    def advice(self) -> str:
        """Say what to install."""
        return "install a Python that has the module sqlite3"

    def initialise(self, release: Release, folder: Path, run: Run) -> None:
        """Make an empty database."""
        (folder / FILE).touch()

    def argv(
        self, release: Release, data: Path, socket_dir: Path, memory: int
    ) -> Sequence[str]:
        """Return nothing: there is no server."""
        return ()

    def url(self, data: Path, socket_dir: Path, scheme: str = "") -> str:
        """Return the URL of the file."""
        return f"{scheme or 'sqlite'}:///{data / FILE}"

    def connect(self, data: Path, socket_dir: Path) -> Any:
        """Return a connection to the file."""
        try:
            return sqlite3.connect(data / FILE, isolation_level=None)
        except sqlite3.OperationalError as error:
            raise OSError(str(error)) from error

    def load(self, server: Server, seed: Path) -> None:
        """Load a seed; raises SeedRefused."""
        from turbo_hipster_databases.seeds import loading

        loading.load(server.context, server, seed)

    def observer(self, server: Server) -> Observer:
        """Return an observer of the file."""
        from turbo_hipster_databases.observing import sqlite

        return sqlite.SQLiteObserver(server)

    def schema(self, server: Server) -> Schema:
        """Read its schema."""
        from turbo_hipster_databases.schema import sqlite

        connection = server.connect()
        try:
            return sqlite.read(connection)
        finally:
            connection.close()
