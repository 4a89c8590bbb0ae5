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
  table, whose plans all need it.  In short steps locks against reads that
  no look saw are known from the WAL (``pg_walinspect``), with no time.
- errors: the server's log, whose lines have the SQLSTATE before the word.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import conninfo

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.model import Measured, Statement
from turbo_hipster_databases.observing import postgresql_words as words
from turbo_hipster_databases.observing import told
from turbo_hipster_databases.observing.log import fresh
from turbo_hipster_databases.observing.postgresql_line import (
    Line,
    Rows,
    numbers,
)
from turbo_hipster_databases.observing.postgresql_sessions import Sessions
from turbo_hipster_databases.observing.sampling import Seen
from turbo_hipster_databases.observing.storage import Storage
from turbo_hipster_databases.observing.window import Window

READ_LOG = 2**20
"""Bytes of log that are read, in a few milliseconds.  A step that writes
more takes so long that looking sees its locks."""

GRACE = 0.05
"""Seconds that a session which ends may take to be gone."""
PAUSE = 0.002

ERROR = re.compile(
    r"^[^[]*\[(?P<pid>\d+)\] (?:(?P<code>[0-9A-Z]{5}) )?\s*"
    r"(?:ERROR|FATAL|PANIC):\s+(?P<text>.*)$",
    re.MULTILINE,
)
"""A line of the log, whose prefix is time, process and SQLSTATE."""


class PostgreSQLObserver(Window):
    """Measures steps on one server of PostgreSQL."""

    ranks = words.RANKS
    lost = (psycopg.Error, OSError)
    _here: Line
    _desk: Line
    _sessions: Sessions

    def __init__(self, server: Server) -> None:
        self._has_statements = self._has_log = False
        self._home = "public"
        self._database = 0
        self._log = ""
        self._position = -1
        self._counters: Mapping[int, tuple[int, int]] = {}
        self._names: Mapping[int, str] = {}
        self._old_names: Mapping[int, str] = {}
        self._before = self._after = Storage()
        self._locks = ""
        super().__init__(server)

    def connect(self) -> None:
        """Connect to the database, and to the desk beside it."""
        connection = self.server.connect()
        self._here = Line(connection)
        self._here.prepare(words.HERE)
        dsn = conninfo.make_conninfo(connection.info.dsn, dbname="postgres")
        self._desk = Line(psycopg.connect(dsn, autocommit=True))
        self._desk.say("SET synchronous_commit = 'on'")
        ours = (self._here.pid, self._desk.pid)
        self._locks = f"locks({numbers(ours)})"
        ((self._home, version, self._database),) = connection.execute(
            words.HOME
        ).fetchall()
        self._desk.prepare(words.DESK)
        self._sessions = Sessions(ours, version)
        self._has_log = self._desk.extend("pg_walinspect", words.LOG)
        self._has_statements = (
            self._desk.extend("pg_stat_statements", words.STATEMENTS)
            and self._preloaded()
        )
        self._position = -1

    def disconnect(self) -> None:
        """Close both connections."""
        for name in ("_here", "_desk"):
            if name in self.__dict__:
                getattr(self, name).close()

    def _preloaded(self) -> bool:
        try:
            self._desk.ask("statements")
        except psycopg.errors.ObjectNotInPrerequisiteState:
            return False
        return True

    def remember(self) -> None:
        """Note the counters; those of the last step's end where they hold."""
        self._log = self.server.log_tail()
        between = self._between()
        if between == ():
            (moment,) = self._here.ask("position")
            if moment[0][0] == self._position:
                self._sessions.begins(None)
                self._sessions.since = moment[0][1]
                self._before, self._old_names = self._after, self._names
                return
        sessions = None
        if self._changed(between):
            sessions = self._here.ask(self._sessions.query)[0]
        self._sessions.begins(sessions)
        self._ask_size()
        moment, counters = self._here.ask("position", "counters")
        self._moved(moment)
        self._before, self._old_names = self._after, self._names
        self._counters = _counted(counters)

    def look(self) -> Seen:
        """Return the locks on tables that others hold."""
        return [
            (table, mode) for table, mode in self._here.ask(self._locks)[0]
        ]

    def name(self, table: Any) -> str | None:
        """Return a table's plain name; None: the step made it."""
        return self._old_names.get(table)

    def count(self) -> Measured:
        """Read the counters, and catalogue and files if any changed."""
        told_all = self._statements()
        flushes = sum(it.calls for it in told_all if words.FLUSH in it.text)
        statements = tuple(it for it in told_all if words.FLUSH not in it.text)
        began = self._position
        self._ask_size()
        settled, counters = self._settled(flushes)
        read, changed = self._rows(statements, settled, counters)
        log_bytes = self._position - began
        self.known_locks = self._exclusive(began)
        return Measured(
            0.0,
            statements=statements,
            rows_read=read,
            rows_changed=changed,
            log_bytes=log_bytes,
            size_change=self._after.size - self._before.size,
            rewritten=self._after.rewritten(self._before),
            errors=self._errors(),
        )

    def _exclusive(self, began: int) -> Seen:
        """Return the tables that were locked against reads, from the log.

        Such a lock is written there, for the sake of standby servers.
        """
        ended = self._position
        if not self._has_log or not 0 < ended - began <= READ_LOG:
            return ()
        self._desk.ask("written")
        try:
            (found,) = self._desk.ask(
                f"exclusive('{_place(began)}', '{_place(ended)}')"
            )
        except psycopg.Error:
            return ()  # a place in the log that cannot be read from
        finally:
            # what we wrote ourselves is no change that others made
            ((self._position, _time),) = self._here.ask("position")[0]
        return [
            (table, "AccessExclusiveLock")
            for database, table in found
            if database == self._database
        ]

    def _settled(self, flushes: int) -> tuple[bool, Rows]:
        """Return whether the counters are the step's, and the counters."""
        deadline = time.monotonic() + GRACE
        while True:
            sessions, moment, counters = self._here.ask(
                self._sessions.query, "position", "counters"
            )
            if (
                not self._sessions.may_end(sessions, flushes)
                or time.monotonic() > deadline
            ):
                break
            time.sleep(PAUSE)
        self._moved(moment)
        return self._sessions.ends(sessions, flushes), counters

    def _between(self) -> tuple[Statement, ...] | None:
        """Return what ran since the last step, and forget it; None: unknown.

        The beginning and end of a transaction read nothing.
        """
        ran = self._statements()
        if not self._has_statements:
            return None
        return tuple(
            it
            for it in ran
            if it.text.split(maxsplit=1)[0].upper() not in words.IDLE
        )

    def _changed(self, between: Sequence[Statement] | None) -> bool:
        """Say whether these statements may have changed rows."""
        if between is None:
            return True
        named = ((it.text, it.rows or 0) for it in between)
        changed = told.changed(named, self._home)
        return changed is None or bool(changed)

    def _ask_size(self) -> None:
        """Let the files be measured, which takes long, while we go on."""
        self._desk.start(f"size({self._database})")

    def _moved(self, moment: Rows) -> None:
        """Note time and place; read the catalogue anew if the log moved."""
        ((position, self._sessions.since),) = moment
        if position == self._position:
            self._desk.answer()
            return
        self._position = position
        (tables,) = self._here.ask("tables")
        self._names = {
            oid: name if schema == self._home else f"{schema}.{name}"
            for oid, schema, name, _file in tables
        }
        self._after = Storage(
            {self._names[row[0]]: frozenset(row[3:]) for row in tables},
            self._desk.answer(),
        )

    def _rows(
        self, statements: Sequence[Statement], settled: bool, counters: Rows
    ) -> tuple[Mapping[str, int] | None, Mapping[str, int] | None]:
        """Return rows read and changed per table."""
        named = [(it.text, it.rows or 0) for it in statements]
        was, self._counters = self._counters, _counted(counters)
        if not settled:
            if not self._has_statements:
                return None, None
            return None, told.changed(named, self._home)
        read: dict[str, int] = {}
        changed = dict(told.dropped(named, self._home))
        for oid, counts in self._counters.items():
            table = self._names.get(oid)
            before = was.get(oid, (0, 0))
            for rows, now, then in zip(
                (read, changed), counts, before, strict=True
            ):
                if table is not None and now != then:
                    rows[table] = now - then
        return read, changed

    def _statements(self) -> tuple[Statement, ...]:
        """Return what ran since the last call."""
        if not self._has_statements:
            return ()
        rows, _reset = self._desk.ask("statements", "reset")
        return tuple(Statement(*row) for row in rows)

    def _errors(self) -> tuple[str, ...]:
        ours = {str(self._here.pid), str(self._desk.pid)}
        log = fresh(self._log, self.server.log_tail())
        return tuple(
            ": ".join(filter(None, found.group("code", "text")))
            for found in ERROR.finditer(log)
            if found["pid"] not in ours
        )


def _place(position: int) -> str:
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"


def _counted(counters: Rows) -> Mapping[int, tuple[int, int]]:
    return {oid: (read, changed) for oid, read, changed in counters}
