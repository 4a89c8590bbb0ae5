"""A connection to one state of a dataset, on which statements are tried."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from turbo_hipster_databases.engine import Server
from turbo_hipster_real_db_upgrade.catalogue.model import Table

Call = tuple[str, tuple[Any, ...] | None]
"""A statement with its values; None: it has no places for any."""

PATIENCE = 20
"""Seconds of one statement; one that deletes may cascade without end."""

OVERDUE = {"57014", "1969"}
"""Codes of a statement that was ended for that."""


@dataclasses.dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine writes what is needed here.

    ``mark`` is put around names.  Double quotes will not do for SQLite: in
    them it takes the name of a column that is gone for a text.  ``place``
    stands for a value, ``read`` around a column brings a value that can be
    written again; ``unchecked`` and ``checked`` turn foreign keys off and on.
    """

    mark: str = '"'
    place: str = "%s"
    read: str = "{}"
    insert: str = "INSERT INTO {} ({}) VALUES ({})"
    prepare: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()


MYSQL = Dialect(
    mark="`",
    unchecked=("SET foreign_key_checks = 0",),
    checked=("SET foreign_key_checks = 1",),
)
DIALECTS = {
    "sqlite": Dialect(mark="`", place="?"),
    "mysql": MYSQL,
    "mariadb": dataclasses.replace(
        MYSQL, prepare=(f"SET max_statement_time = {PATIENCE}",)
    ),
    "postgresql": Dialect(
        # every type is read and written as its text
        read="{}::text",
        # also where the engine alone gives numbers
        insert="INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})",
        prepare=(f"SET statement_timeout = '{PATIENCE}s'",),
        unchecked=("SET LOCAL session_replication_role = replica",),
        checked=("SET LOCAL session_replication_role = origin",),
    ),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """An error of the engine; its text may have values of the dataset."""

    code: str
    text: str


class Desk:
    """One connection; a context manager."""

    def __init__(self, server: Server) -> None:
        self.dialect = DIALECTS.get(server.engine.name, Dialect())
        self._connection = server.connect()
        self._failed: type[Exception] = self._connection.Error
        for statement in self.dialect.prepare:
            self.ask(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    @property
    def connection(self) -> Any:
        """Return it, for those who read the catalogue."""
        return self._connection

    def quoted(self, name: str) -> str:
        """Return a name as it is written in a statement with values."""
        mark = self.dialect.mark
        name = mark + name.replace(mark, mark * 2) + mark
        return name.replace("%", "%%") if self.dialect.place == "%s" else name

    def table(self, table: Table) -> str:
        """Return a table's name, with its schema if it says one."""
        if not table.within:
            return self.quoted(table.name)
        name = table.name.removeprefix(f"{table.within}.")
        return f"{self.quoted(table.within)}.{self.quoted(name)}"

    def ask(
        self, statement: str, values: tuple[Any, ...] | None = ()
    ) -> list[tuple[Any, ...]]:
        """Execute, and return the rows; raises what the driver raises."""
        with contextlib.closing(self._connection.cursor()) as cursor:
            if values is None:
                cursor.execute(statement)
            else:
                cursor.execute(statement, values)
            if cursor.description is None:
                return []
            return [tuple(row) for row in cursor.fetchall()]

    def found(
        self, statement: str, values: tuple[Any, ...] = ()
    ) -> list[tuple[Any, ...]] | None:
        """Return the rows, or None where the statement fails."""
        try:
            return self.ask(statement, values)
        except self._failed:
            return None

    def tried(self, call: Call, before: Sequence[Call] = ()) -> Fault | None:
        """Execute in a transaction and undo it; return why it fails.

        What is to be done ``before`` it is done without looking at foreign
        keys.
        """
        try:
            self.ask("BEGIN", None)
            if before:
                for statement in self.dialect.unchecked:
                    self.ask(statement, None)
                for one in before:
                    self.ask(*one)
                for statement in self.dialect.checked:
                    self.ask(statement, None)
            self.ask(*call)
        except self._failed as error:
            fault = _told(error)
            return None if fault.code in OVERDUE else fault
        finally:
            with contextlib.suppress(self._failed):
                self.ask("ROLLBACK", None)
            for statement in self.dialect.checked:
                with contextlib.suppress(self._failed):
                    self.ask(statement, None)
        return None


def _told(error: Exception) -> Fault:
    """Return the engine's code and the first line of what it says."""
    first = error.args[0] if error.args else ""
    if isinstance(first, int):  # the drivers of MariaDB and MySQL
        return Fault(str(first), str((*error.args, "")[1]))
    for name in ("sqlstate", "sqlite_errorname"):
        code = getattr(error, name, None)
        if code:
            told = getattr(error, "diag", None)
            text = getattr(told, "message_primary", None) or str(error)
            return Fault(str(code), str(text))
    return Fault(type(error).__name__, str(error))
