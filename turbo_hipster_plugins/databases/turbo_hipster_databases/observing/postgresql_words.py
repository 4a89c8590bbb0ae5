# ruff: noqa: S608  (only our own words are put in)
"""What PostgreSQL is asked."""

from __future__ import annotations

from collections.abc import Mapping

RANKS: Mapping[str, tuple[int, str]] = {
    "AccessShareLock": (1, "schema changes"),
    "RowShareLock": (2, "schema changes"),
    "RowExclusiveLock": (3, "schema changes"),
    "ShareUpdateExclusiveLock": (4, "schema changes"),
    "ShareLock": (5, "writes"),
    "ShareRowExclusiveLock": (6, "writes"),
    "ExclusiveLock": (7, "writes"),
    "AccessExclusiveLock": (8, "reads and writes"),
}
"""Locks on tables: how strong, and what waits for them."""

IDLE = {"BEGIN", "COMMIT", "ROLLBACK", "SET", "SHOW", "RESET", "START"}
"""First words of statements that read and change nothing."""

FIRST_OWN = "16384"
"""Numbers from here on are not the system's."""

FLUSH = "pg_stat_force_next_flush"
"""What a session calls to show what it counted."""

HOME = (
    "SELECT coalesce(current_schema(), 'public'),"
    " current_setting('server_version_num')::int,"
    " (SELECT oid::bigint FROM pg_database"
    " WHERE datname = current_database())"
)

STATEMENTS: Mapping[str, str] = {
    "reset": "SELECT pg_stat_statements_reset()",
    # text, calls, seconds, slowest, rows
    "statements": (
        "SELECT query, sum(calls)::bigint,"
        " sum(total_exec_time)::float8 / 1000,"
        " max(max_exec_time)::float8 / 1000, sum(rows)::bigint"
        " FROM pg_stat_statements WHERE query IS NOT NULL"
        " GROUP BY queryid, query ORDER BY 3 DESC"
    ),
}
"""What is asked of pg_stat_statements, in the database ``postgres``."""

LOG: Mapping[str, str] = {
    # a transaction of ours that writes a word: its end writes all before it
    "written": "SELECT pg_logical_emit_message(true, '', '')",
    # database, table
    "exclusive(pg_lsn, pg_lsn)": (
        "SELECT DISTINCT found[1]::bigint, found[2]::bigint"
        " FROM pg_get_wal_records_info($1, $2),"
        " regexp_matches(description, 'db (\\d+) rel (\\d+)', 'g') AS found"
        " WHERE resource_manager = 'Standby' AND record_type = 'LOCK'"
    ),
}
"""What is asked of pg_walinspect, likewise."""

DESK: Mapping[str, str] = {
    "size(oid)": "SELECT pg_database_size($1)",
}
"""What is asked of the server, in the database ``postgres``."""

HERE: Mapping[str, str] = {
    "position": (
        "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint,"
        " clock_timestamp()::text"
    ),
    # table, rows read, rows changed
    "counters": (
        "SELECT c.oid::bigint, pg_stat_get_tuples_returned(c.oid)"
        " + pg_stat_get_tuples_fetched(c.oid)"
        " + coalesce(i.fetched, 0)::bigint,"
        " pg_stat_get_tuples_inserted(c.oid)"
        " + pg_stat_get_tuples_updated(c.oid)"
        " + pg_stat_get_tuples_deleted(c.oid)"
        " FROM pg_class c LEFT JOIN (SELECT indrelid,"
        " sum(pg_stat_get_tuples_fetched(indexrelid)) AS fetched"
        f" FROM pg_index WHERE indexrelid >= {FIRST_OWN} GROUP BY indrelid"
        ") i ON i.indrelid = c.oid"
        f" WHERE c.oid >= {FIRST_OWN} AND c.relkind IN ('r', 'm')"
        " AND c.relpersistence <> 't'"
    ),
    # table, schema, name, file
    "tables": (
        "SELECT c.oid::bigint, n.nspname, c.relname, c.relfilenode::bigint"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" WHERE c.oid >= {FIRST_OWN} AND c.relkind IN ('r', 'm', 'p')"
        " AND c.relpersistence <> 't'"
        " AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    ),
    # table, mode; of others than these processes
    "locks(int[])": (
        "SELECT coalesce(i.indrelid, l.relation)::bigint, l.mode"
        " FROM pg_locks l LEFT JOIN pg_index i ON i.indexrelid = l.relation"
        " WHERE l.locktype = 'relation' AND l.granted"
        f" AND l.relation >= {FIRST_OWN} AND l.pid <> ALL($1)"
        " AND l.database = (SELECT oid FROM pg_database"
        " WHERE datname = current_database())"
    ),
    # process, idle, whether what it counted is shown; of others than the
    # first, that did something since then or are among the second
    "sessions(int[], timestamptz, int[])": (
        "SELECT pid, state = 'idle', state = 'idle' AND"
        f" (query LIKE '%{FLUSH}%' OR state_change <"
        " clock_timestamp() - interval '11 seconds') FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> ALL($1)"
        " AND datname = current_database()"
        " AND (state_change >= $2 OR state <> 'idle' OR pid = ANY($3))"
    ),
}
"""What is asked in the database under test."""
