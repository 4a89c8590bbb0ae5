"""Observes PostgreSQL through its own counters.

Where each figure comes from:

- statements: ``pg_stat_statements``, emptied at each begin; it lives in the
  database ``postgres``, so that the one under test has nothing of ours.
- rows: the counters of tables, exact, also for what was rolled back; reads
  include the scans of index builds (see ``postgresql_sessions`` for when
  they are shown, and what we say when they are not).
- log bytes: how far the position in the WAL moved.
- size: the database's files.  Rewrites: a table has a new file (an emptied
  one too).
- locks: ``pg_locks``, sampled; a lock on an index counts as one on its
  table, whose plans all need it.
- errors: the server's log, whose lines have the SQLSTATE before the word.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import conninfo

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.model import Measured, Statement
from turbo_hipster_databases.observing import postgresql_words as words
from turbo_hipster_databases.observing import told
from turbo_hipster_databases.observing.log import fresh
from turbo_hipster_databases.observing.postgresql_sessions import Sessions
from turbo_hipster_databases.observing.sampling import Seen
from turbo_hipster_databases.observing.storage import Storage
from turbo_hipster_databases.observing.window import Window

ERROR = re.compile(
    r"^.*?\b(?P<code>[0-9A-Z]{5})?\s*(?:ERROR|FATAL|PANIC):\s+(?P<text>.*)$",
    re.MULTILINE,
)

Connection = psycopg.Connection[Any]


class PostgreSQLObserver(Window):
    """Measures steps on one server of PostgreSQL."""

    ranks = words.RANKS
    lost = (psycopg.Error, OSError)
    _here: Connection
    _desk: Connection

    def __init__(self, server: Server) -> None:
        self._has_statements = False
        self._home = "public"
        self._log = ""
        self._position = -1
        self._counters: Mapping[int, tuple[int, int]] = {}
        self._names: Mapping[int, str] = {}
        self._old_names: Mapping[int, str] = {}
        self._before = self._after = Storage()
        self._ours: list[int] = []
        super().__init__(server)

    def connect(self) -> None:
        """Connect to the database, and to the desk beside it."""
        self._here = self.server.connect()
        dsn = conninfo.make_conninfo(self._here.info.dsn, dbname="postgres")
        self._desk = psycopg.connect(dsn, autocommit=True)
        both = (self._here, self._desk)
        self._ours = [each.info.backend_pid for each in both]
        for each in both:
            each.execute("SET pg_stat_statements.track = 'none'")
        self._home, version = self._ask(words.HOME)[0]
        self._sessions = Sessions(self._here, self._ours, version)
        self._has_statements = False
        with contextlib.suppress(psycopg.Error):  # not installed, or not
            if not self._desk.execute(words.STATEMENTS_THERE).fetchall():
                self._desk.execute(words.MAKE_STATEMENTS)
            self._desk.execute(words.RESET)  # among the preloaded libraries
            self._has_statements = True
        self._position = -1

    def disconnect(self) -> None:
        """Close both connections."""
        for name in ("_here", "_desk"):
            if name in self.__dict__:
                getattr(self, name).close()

    def remember(self) -> None:
        """Note the counters."""
        self._sessions.begins(self._changed_between())
        self._log = self.server.log_tail()
        self._moved()
        self._before, self._old_names = self._after, self._names
        self._counters = self._count_rows()

    def look(self) -> Seen:
        """Return the locks on tables that others hold."""
        return self._ask(words.LOCKS, [self._ours])

    def name(self, table: Any) -> str | None:
        """Return a table's plain name; None: the step made it."""
        return self._old_names.get(table)

    def count(self) -> Measured:
        """Read the counters, and catalogue and files if any changed."""
        statements = self._statements()
        settled = self._sessions.settled(
            sum(it.calls for it in statements if words.FLUSH in it.text)
        )
        statements = tuple(
            it for it in statements if words.FLUSH not in it.text
        )
        if self._has_statements:
            self._desk.execute(words.RESET)
        began = self._position
        self._moved()
        read, changed = self._rows(statements, settled)
        return Measured(
            0.0,
            statements=statements,
            rows_read=read,
            rows_changed=changed,
            log_bytes=self._position - began,
            size_change=self._after.size - self._before.size,
            rewritten=self._after.rewritten(self._before),
            errors=self._errors(),
        )

    def _changed_between(self) -> bool:
        """Say whether rows were changed since the last step; forget it."""
        if not self._has_statements:
            return True
        named = ((it.text, it.rows or 0) for it in self._statements())
        between = told.changed(named, self._home)
        self._desk.execute(words.RESET)
        return between is None or bool(between)

    def _ask(
        self, query: Any, values: Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        return self._here.execute(query, values, prepare=True).fetchall()

    def _moved(self) -> None:
        """Note where the log is; read the catalogue anew if it moved."""
        position = self._ask(words.POSITION)[0][0]
        if position == self._position:
            return
        self._position = position
        tables = self._ask(words.TABLES)
        self._names = {
            oid: name if schema == self._home else f"{schema}.{name}"
            for oid, schema, name, _file in tables
        }
        self._after = Storage(
            {self._names[row[0]]: frozenset(row[3:]) for row in tables},
            self._ask(words.SIZE)[0][0],
        )

    def _count_rows(self) -> Mapping[int, tuple[int, int]]:
        return {
            oid: (read, changed)
            for oid, read, changed in self._ask(words.COUNTERS)
        }

    def _rows(
        self, statements: Sequence[Statement], settled: bool
    ) -> tuple[Mapping[str, int] | None, Mapping[str, int] | None]:
        """Return rows read and changed per table."""
        named = [(it.text, it.rows or 0) for it in statements]
        if not settled:
            if not self._has_statements:
                return None, None
            return None, told.changed(named, self._home)
        read: dict[str, int] = {}
        changed = dict(told.dropped(named, self._home))
        for oid, counts in self._count_rows().items():
            table = self._names.get(oid)
            before = self._counters.get(oid, (0, 0))
            for rows, now, was in zip(
                (read, changed), counts, before, strict=True
            ):
                if table is not None and now != was:
                    rows[table] = now - was
        return read, changed

    def _statements(self) -> tuple[Statement, ...]:
        if not self._has_statements:
            return ()
        answer = self._desk.execute(words.STATEMENTS, prepare=True)
        return tuple(Statement(*row) for row in answer.fetchall())

    def _errors(self) -> tuple[str, ...]:
        log = fresh(self._log, self.server.log_tail())
        return tuple(
            ": ".join(filter(None, found.groups()))
            for found in ERROR.finditer(log)
        )
