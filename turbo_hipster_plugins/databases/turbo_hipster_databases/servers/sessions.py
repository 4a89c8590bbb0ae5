"""Whether anybody else is still at work on a server.

A process that is killed leaves its session behind: the server goes on with
the statement, or rolls back, and notices only then that nobody is there.
What was left can be looked at when that is over.
"""

from __future__ import annotations

import contextlib
import time
from typing import Protocol

from turbo_hipster_databases.engine import Server

LOOK = 0.02
"""Seconds between two looks."""

OF_MYSQL = (
    "SELECT COUNT(*) FROM information_schema.processlist"
    " WHERE id <> CONNECTION_ID() AND command <> 'Daemon'"
    " AND user NOT IN ('system user', 'event_scheduler')"
)
OTHERS = {
    "mariadb": OF_MYSQL,
    "mysql": OF_MYSQL,
    "postgresql": "SELECT COUNT(*) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid()"
    " AND backend_type IN ('client backend', 'parallel worker')",
}
"""Queries by engine: how many sessions there are beside the one asking."""


class Over(Protocol):
    """Says that a build is over early; ``threading.Event`` is one."""

    def wait(self, timeout: float, /) -> bool:
        """Wait until it is, at most so many seconds; say whether it is."""
        ...


def alone(server: Server, seconds: float, over: Over) -> bool:
    """Wait until nobody else is there; False: somebody is, after so long.

    An engine without a server has no sessions.  ``over`` ends it early.
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
