"""When a session of PostgreSQL has shown the rows it counted.

It shows them at the end of a transaction, but once a second at most, and
else after ten idle seconds; at once when it ends, or when it called
``pg_stat_force_next_flush()`` in that transaction (PostgreSQL 15).  Nobody
can make another session do so.  So the rows of a step are known when all
sessions that did something in it ended or called that function; a step
after one that did not may have been given rows of the former.
"""

from __future__ import annotations

from collections.abc import Sequence

from turbo_hipster_databases.observing.postgresql_line import Rows, numbers

ALWAYS = "-infinity"
FIRST = 150000
"""The first version that has the function; older ones tell much later."""


class Sessions:
    """Keeps account of which sessions owe rows.

    ``query`` is what to ask; its answer goes to ``look``.
    """

    def __init__(self, ours: Sequence[int], version: int) -> None:
        self._ours = ours
        self._can_tell = version >= FIRST
        self._owing: set[int] = set()
        self._owed = False
        self.since = ALWAYS

    @property
    def query(self) -> str:
        """Ask for the sessions that did something, or still owe."""
        return (
            f"sessions({numbers(self._ours)}, '{self.since}',"
            f" {numbers(self._owing)})"
        )

    def begins(self, answer: Rows | None) -> None:
        """Start a step; what was changed since the last one is owed, too.

        ``answer`` is None where nothing was.  What was only read since then
        is not looked for: a tool reads its version between two steps, and
        that is laid to the second one.
        """
        if answer is not None:
            self._owing = _owing(answer, 0)
        self._owed = bool(self._owing)

    def may_end(self, answer: Rows, flushes: int) -> bool:
        """Say whether to ask again soon: a session may just be ending.

        One that stayed is not waited for again.  ``flushes`` is how often
        the function was called in the step, where that is known.
        """
        return not _owing(answer, flushes) <= self._owing

    def ends(self, answer: Rows, flushes: int) -> bool:
        """Say whether the counters are this step's, all of it and no more."""
        self._owing = _owing(answer, flushes)
        return self._can_tell and not self._owing and not self._owed


def _owing(answer: Rows, flushes: int) -> set[int]:
    if flushes >= len(answer):
        return {pid for pid, idle, _shown in answer if not idle}
    return {pid for pid, _idle, shown in answer if not shown}
