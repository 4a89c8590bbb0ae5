"""Whether anybody else is still at work on a server.

A process that is killed leaves its session behind: the server goes on with
the statement, and rolls back what was not committed, in its own time.
"""

from __future__ import annotations

import contextlib
import time

from turbo_hipster_databases.engine import Server
from turbo_hipster_db_migration.ending import Over

LOOK = 0.02
"""Seconds between two looks."""

MARIADB = """
    SELECT COUNT(*) FROM information_schema.processlist
    WHERE id <> CONNECTION_ID() AND command <> 'Daemon'
    AND user NOT IN ('system user', 'event_scheduler')
"""
OTHERS = {
    "postgresql": """
        SELECT COUNT(*) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid()
        AND backend_type IN ('client backend', 'parallel worker')
    """,
    "mariadb": MARIADB,
    "mysql": MARIADB,
}
"""Queries by engine: how many sessions there are beside our own."""


def alone(server: Server, seconds: float, over: Over) -> bool:
    """Wait until no other session is left; False: one is, after so long.

    An engine without a server has none.  It also ends when the build does.
    """
    query = OTHERS.get(server.engine.name)
    if query is None:
        return True
    deadline = time.monotonic() + seconds
    with (
        contextlib.closing(server.connect()) as connection,
        contextlib.closing(connection.cursor()) as cursor,
    ):
        while True:
            cursor.execute(query)
            if int(cursor.fetchone()[0]) == 0:
                return True
            if time.monotonic() > deadline or over.wait(LOOK):
                return False
