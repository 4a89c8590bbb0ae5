"""Reading one database's schema again and again, as its steps go by."""

from __future__ import annotations

from types import ModuleType, TracebackType
from typing import Any, Self

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.schema import mariadb, postgresql, sqlite
from turbo_hipster_databases.schema.model import Schema

_READERS: dict[str, ModuleType] = {
    "sqlite": sqlite,
    "mariadb": mariadb,
    "mysql": mariadb,
    "postgresql": postgresql,
}


class Reader:
    """Reads the schema of a server's database over one connection.

    A schema that did not change since the last time is not read again.  Of
    an engine that is not ours the engine itself reads it.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._reader = _READERS.get(server.engine.name)
        self._connection: Any = None
        self._fingerprint = ""
        self._schema: Schema | None = None

    def schema(self) -> Schema:
        """Return the schema as it is now; raises what the driver raises."""
        if self._reader is None:
            return self._server.engine.schema(self._server)
        if self._connection is None:
            self._connection = self._server.connect()
        # taken first: what changes in between is seen the next time
        fingerprint = self._reader.fingerprint(self._connection)
        if self._schema is None or fingerprint != self._fingerprint:
            self._schema = self._reader.read(self._connection)
            self._fingerprint = fingerprint
        return self._schema

    def close(self) -> None:
        """Close the connection; the next reading opens another."""
        connection, self._connection = self._connection, None
        self._schema = None
        if connection is not None:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
