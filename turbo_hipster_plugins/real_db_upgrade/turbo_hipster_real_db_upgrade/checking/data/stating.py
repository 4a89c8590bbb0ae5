"""The states around the steps, each on a server while it is looked at."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_real_db_upgrade.catalogue.model import Table
from turbo_hipster_real_db_upgrade.catalogue.reading import read
from turbo_hipster_real_db_upgrade.checking.budget import Budget
from turbo_hipster_real_db_upgrade.checking.data.comparing.attached import (
    Attached,
)
from turbo_hipster_real_db_upgrade.checking.data.comparing.hashed import Hashed
from turbo_hipster_real_db_upgrade.checking.data.comparing.model import (
    Comparer,
)
from turbo_hipster_real_db_upgrade.climbing.layers import Layer
from turbo_hipster_real_db_upgrade.ground import Ground


class State:
    """A state: its server, its tables, its schema."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._schema: Schema | None = None
        with contextlib.closing(server.connect()) as connection:
            self.tables: Mapping[str, Table] = read(
                server.engine.name, connection
            )

    def schema(self) -> Schema:
        """Return the schema, read once."""
        if self._schema is None:
            self._schema = self.server.engine.schema(self.server)
        return self._schema


class States:
    """Lends states; what is after one step is before the next."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._held: dict[str, tuple[State, contextlib.ExitStack]] = {}

    def of(self, *layers: Layer) -> list[State]:
        """Return these states; servers of all others are ended."""
        wanted = {layer.digest for layer in layers}
        for digest in list(self._held):
            if digest not in wanted:
                self._held.pop(digest)[1].close()
        return [self._state(layer) for layer in layers]

    def close(self) -> None:
        """End all servers."""
        self.of()

    def _state(self, layer: Layer) -> State:
        if layer.digest not in self._held:
            with contextlib.ExitStack() as stack:
                server = stack.enter_context(
                    self._ground.clone(layer.snapshot)
                )
                state = State(server)
                self._held[layer.digest] = state, stack.pop_all()
        return self._held[layer.digest][0]


@contextlib.contextmanager
def comparing(
    before: State, after: State, budget: Budget | None = None
) -> Iterator[Comparer]:
    """Lend what compares the tables of two states, within the budget."""
    serverless = before.server.engine.name == "sqlite"
    kind: type[Comparer] = Attached if serverless else Hashed
    comparer = kind(before.server, after.server, budget)
    try:
        yield comparer
    finally:
        comparer.close()
