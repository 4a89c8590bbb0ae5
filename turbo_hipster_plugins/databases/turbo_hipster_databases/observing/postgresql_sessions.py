"""When a session of PostgreSQL has shown the rows it counted.

It shows them at the end of a transaction, but once a second at most, and
else after ten idle seconds; at once when it ends, or when it called
``pg_stat_force_next_flush()`` in that transaction (PostgreSQL 15).  Nobody
can make another session do so.  So the rows of a step are known when all
sessions that did something in it ended or called that function; a step
after one that did not may have been given rows of the former.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg

from turbo_hipster_databases.observing import postgresql_words as words

GRACE = 0.05
"""Seconds that a session which ends may take to be gone."""
PAUSE = 0.002
ALWAYS = "-infinity"
FIRST = 150000
"""The first version that has the function; older ones tell much later."""


class Sessions:
    """Watches which sessions owe rows."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        ours: list[int],
        version: int,
    ) -> None:
        self._connection = connection
        self._ours = ours
        self._can_tell = version >= FIRST
        self._owing: set[int] = set()
        self._owed = False
        self._since: Any = ALWAYS

    def begins(self, changed: bool) -> None:
        """Start a step; ``changed`` rows since the last one are owed too.

        What was only read since then is not looked for: a tool reads its
        version between two steps, and that is laid to the second one.
        """
        if changed:
            self._owing = self._look(0)
        self._owed = bool(self._owing)
        self._now()

    def settled(self, flushes: int) -> bool:
        """Say whether the counters are this step's, all of it and no more.

        ``flushes`` is how often the function was called since ``begins``,
        where that is known.  Waits a moment for sessions that end; one that
        stays is not waited for again.
        """
        deadline = time.monotonic() + GRACE
        while True:
            owing = self._look(flushes)
            if owing <= self._owing or time.monotonic() > deadline:
                break
            time.sleep(PAUSE)
        self._owing = owing
        self._now()
        return self._can_tell and not owing and not self._owed

    def _now(self) -> None:
        answer = self._connection.execute(words.NOW, prepare=True)
        self._since = answer.fetchall()[0][0]

    def _look(self, flushes: int) -> set[int]:
        sessions = self._connection.execute(
            words.SESSIONS,
            [self._ours, self._since, list(self._owing)],
            prepare=True,
        ).fetchall()
        if flushes >= len(sessions):
            return {pid for pid, idle, _query in sessions if not idle}
        return {
            pid
            for pid, idle, query in sessions
            if not (idle and words.FLUSH in query)
        }
