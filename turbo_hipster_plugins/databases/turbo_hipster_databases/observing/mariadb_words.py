# ruff: noqa: S608  (only our own words are put in)
"""What MariaDB and MySQL are asked, which differs with what they have."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Mapping
from typing import Any

import pymysql

RANKS: Mapping[str, tuple[int, str]] = {
    "SHARED": (1, "schema changes"),
    "SHARED_HIGH_PRIO": (2, "schema changes"),
    "SHARED_READ": (3, "schema changes"),
    "SHARED_WRITE": (4, "schema changes"),
    "SHARED_WRITE_LOW_PRIO": (4, "schema changes"),
    "SHARED_UPGRADABLE": (5, "schema changes"),
    "SHARED_READ_ONLY": (6, "writes"),
    "SHARED_NO_WRITE": (7, "writes"),
    "SHARED_NO_READ_WRITE": (8, "reads and writes"),
    "EXCLUSIVE": (9, "reads and writes"),
}
"""Metadata locks: how strong, and what waits for them."""

_OURS = "'mysql', 'sys', 'information_schema', 'performance_schema'"
_P = "performance_schema"
_LOCKS = "METADATA_LOCK_INFO"
_LOG = ("Innodb_lsn_current", "Innodb_redo_log_current_lsn")
_CONSUMERS = (
    "global_instrumentation",
    "thread_instrumentation",
    "statements_digest",
    "events_statements_current",
    "events_statements_history",
    "events_statements_history_long",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """The queries for one server.

    ``thread`` is our own number in the performance schema; ``userstat``: the
    server counts rows itself (MariaDB); ``locks``: its plugin
    metadata_lock_info is there; ``spaces``: the table of table spaces.
    """

    thread: int
    userstat: bool
    locks: bool
    spaces: str

    @property
    def busy(self) -> str:
        """Count the statements of others that are not over.

        A client has its answer a moment before its statement is counted.
        """
        return (
            f"SELECT COUNT(*) FROM {_P}.events_statements_current"
            f" WHERE END_EVENT_ID IS NULL AND THREAD_ID <> {self.thread}"
        )

    @property
    def begin(self) -> str:
        """Ask for statements since the last end; empty; the position last."""
        rows = (
            "FLUSH LOCAL TABLE_STATISTICS"
            if self.userstat
            else f"TRUNCATE TABLE {_P}.table_io_waits_summary_by_table"
        )
        return (
            f"{_ANY};{rows};{_EMPTY};"
            f"TRUNCATE TABLE {_P}.events_statements_history_long;"
            f"{self.position}"
        )

    @property
    def position(self) -> str:
        """Ask for the redo log's position: a name and a number."""
        names = ", ".join(f"'{name}'" for name in _LOG)
        return f"SHOW GLOBAL STATUS WHERE Variable_name IN ({names})"

    @property
    def end(self) -> str:
        """Ask for position, rows, digests, their full text, errors.

        The digests are empty then.
        """
        return (
            f"{self.position};{self.rows};"
            f"{_DIGESTS};{_TEXTS};{_ERRORS};{_EMPTY}"
        )

    @property
    def rows(self) -> str:
        """Ask for schema, table, rows read, rows changed."""
        if self.userstat:
            return (
                "SELECT TABLE_SCHEMA, TABLE_NAME, ROWS_READ, ROWS_CHANGED"
                " FROM information_schema.TABLE_STATISTICS"
                f" WHERE TABLE_SCHEMA NOT IN ({_OURS})"
            )
        return (
            "SELECT OBJECT_SCHEMA, OBJECT_NAME, COUNT_FETCH,"
            " COUNT_INSERT + COUNT_UPDATE + COUNT_DELETE"
            f" FROM {_P}.table_io_waits_summary_by_table"
            f" WHERE COUNT_STAR > 0 AND OBJECT_SCHEMA NOT IN ({_OURS})"
        )

    @property
    def files(self) -> str:
        """Ask for table space, schema, table, bytes.

        A file's name is the table's in a character set of its own; behind
        ``#P#`` stands the name of a partition.
        """
        return (
            f"SELECT SPACE, {_decoded(1)}, {_decoded(-1)}, FILE_SIZE"
            f" FROM information_schema.{self.spaces}"
            " WHERE NAME LIKE '%/%' AND NAME NOT LIKE 'mysql/%'"
            " AND NAME NOT LIKE 'sys/%'"
        )

    @property
    def held(self) -> str:
        """Ask for schema, table and mode of locks held by clients."""
        if self.locks:
            return (
                "SELECT TABLE_SCHEMA, TABLE_NAME, LOCK_MODE"
                f" FROM information_schema.{_LOCKS}"
                " WHERE LOCK_TYPE = 'Table metadata lock'"
                " AND THREAD_ID NOT IN (0, CONNECTION_ID())"
                f" AND TABLE_SCHEMA NOT IN ({_OURS})"
            )
        return (
            "SELECT OBJECT_SCHEMA, OBJECT_NAME, LOCK_TYPE"
            f" FROM {_P}.metadata_locks WHERE OBJECT_TYPE = 'TABLE'"
            " AND LOCK_STATUS = 'GRANTED'"
            f" AND OWNER_THREAD_ID <> {self.thread}"
            f" AND OWNER_THREAD_ID IN (SELECT THREAD_ID FROM {_P}.threads"
            " WHERE TYPE = 'FOREGROUND')"
            f" AND OBJECT_SCHEMA NOT IN ({_OURS})"
        )


_DIGESTS = (
    "SELECT DIGEST, DIGEST_TEXT, COUNT_STAR, SUM_TIMER_WAIT, MAX_TIMER_WAIT,"
    " SUM_ROWS_AFFECTED + SUM_ROWS_SENT"
    f" FROM {_P}.events_statements_summary_by_digest"
    " ORDER BY SUM_TIMER_WAIT DESC"
)
_ANY = f"SELECT COUNT(*) FROM {_P}.events_statements_summary_by_digest"
_EMPTY = f"TRUNCATE TABLE {_P}.events_statements_summary_by_digest"
_TEXTS = (
    "SELECT DIGEST, MIN(SQL_TEXT)"
    f" FROM {_P}.events_statements_history_long"
    " WHERE DIGEST IS NOT NULL GROUP BY DIGEST HAVING COUNT(*) = 1"
)
_ERRORS = (
    "SELECT MYSQL_ERRNO, RETURNED_SQLSTATE, MESSAGE_TEXT"
    f" FROM {_P}.events_statements_history_long"
    " WHERE MYSQL_ERRNO > 0 AND RETURNED_SQLSTATE >= '03' LIMIT 100"
)


def _decoded(part: int) -> str:
    name = f"SUBSTRING_INDEX(SUBSTRING_INDEX(NAME, '#P#', 1), '/', {part})"
    return (
        f"CONVERT(CONVERT(CAST({name} AS BINARY) USING filename)"
        " USING utf8mb4)"
    )


def prepare(cursor: Any) -> Words:
    """Turn on what we need, leave ourselves out, return the queries.

    Only ``performance_schema`` itself cannot be turned on while a server
    runs: it is in the engine's ``argv``.
    """
    names = ", ".join(f"'{name}'" for name in _CONSUMERS)
    cursor.execute(
        f"UPDATE {_P}.setup_consumers SET ENABLED = 'YES'"
        f" WHERE NAME IN ({names})"
    )
    cursor.execute(
        f"UPDATE {_P}.threads SET INSTRUMENTED = 'NO'"
        " WHERE PROCESSLIST_ID = CONNECTION_ID()"
    )
    cursor.execute(
        f"SELECT THREAD_ID FROM {_P}.threads"
        " WHERE PROCESSLIST_ID = CONNECTION_ID()"
    )
    thread = cursor.fetchone()[0]
    cursor.execute("SHOW GLOBAL VARIABLES LIKE 'userstat'")
    userstat = bool(cursor.fetchall())
    if userstat:
        cursor.execute("SET GLOBAL userstat = 1")
    tables = _tables(cursor)
    if userstat and _LOCKS not in tables:
        with contextlib.suppress(pymysql.err.Error):  # not on this machine
            cursor.execute("INSTALL SONAME 'metadata_lock_info'")
            tables = _tables(cursor)
    spaces = "INNODB_TABLESPACES"
    if spaces not in tables:
        spaces = "INNODB_SYS_TABLESPACES"
    return Words(thread, userstat, _LOCKS in tables, spaces)


def _tables(cursor: Any) -> set[str]:
    cursor.execute(
        "SELECT TABLE_NAME FROM information_schema.TABLES"
        " WHERE TABLE_SCHEMA = 'information_schema'"
    )
    return {row[0].upper() for row in cursor.fetchall()}
