"""The probing threads: one a table for reads, one for writes, and a few more.

Each has a connection of its own, so that one that waits hides no other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from turbo_hipster_real_db_upgrade.probing.clients import client
from turbo_hipster_real_db_upgrade.probing.clients.contract import (
    Client,
    Failed,
    Gone,
    Point,
)
from turbo_hipster_real_db_upgrade.probing.waits import Waits

INTERVAL = 0.003
"""Seconds from the begin of one call to that of the next."""

MOST_CALLS = 1500.0
"""A second, of all threads together: more would slow down the step."""

HELD = 0.02
"""Seconds that a transaction is held open; a request of a web application
takes about so long."""

LOST = "lost"


class Probe(threading.Thread):
    """One probing thread."""

    def __init__(self, what: str, client: Client, interval: float) -> None:
        super().__init__(name=f"probe: {what}", daemon=True)
        self.client = client
        self.interval = interval
        self.ready = threading.Event()
        self.over = threading.Event()

    def run(self) -> None:
        """Connect, and call until it is over."""
        try:
            self.client.connect()
            self.prepare()
            while not self.over.is_set():
                began = time.monotonic()
                self.once()
                self.ready.set()
                rest = self.interval - (time.monotonic() - began)
                if rest > 0:
                    time.sleep(rest)
        except Gone:
            pass  # the step took the table away: nothing to feel any more
        except Failed as error:
            if not self.over.is_set():
                self.note(error)
        finally:
            self.ready.set()
            if not self.over.is_set():
                self.client.close()

    def prepare(self) -> None:
        """Look for the rows; before the step, so nothing is felt yet."""

    def once(self) -> None:
        """Make one call."""

    def note(self, error: Failed) -> None:
        """Note an error that the application would have seen."""

    def told(self) -> Sequence[Waits]:
        """Return what was felt."""
        return ()


class Single(Probe):
    """Reads or writes one row of one table."""

    def __init__(
        self, table: str, kind: str, client: Client, interval: float
    ) -> None:
        super().__init__(f"{kind} {table}", client, interval)
        self.waits = Waits(table, kind)
        self._point: Point | None = None

    def prepare(self) -> None:
        """Look for the row."""
        self._point = self.client.point(self.waits.table)

    def once(self) -> None:
        """Read or write."""
        assert self._point is not None
        point = self._point
        call = (
            self.client.read
            if self.waits.kind == "read"
            else self.client.write
        )
        try:
            self.waits.time(lambda: call(point))
        except Failed as error:
            if error.code == LOST:
                raise
            self.waits.failed(error)

    def note(self, error: Failed) -> None:
        """Note an error."""
        self.waits.failed(error)

    def told(self) -> Sequence[Waits]:
        """Return what was felt."""
        return (self.waits,)


class Transaction(Probe):
    """Holds a transaction open that has written, and reads once more.

    It does not read first and then write the same table: on MariaDB such a
    transaction deadlocks with every ALTER, and a finding that is always
    there tells nothing.

    It goes through all tables, there and back by turns: a step that locks
    them in another order meets it in a deadlock.  Its rows are not those of
    the other probes, which would wait for it.
    """

    def __init__(
        self, tables: Sequence[str], client: Client, interval: float
    ) -> None:
        super().__init__("transaction", client, interval)
        self.waits = [Waits(table, "transaction") for table in tables]
        self._points: list[tuple[Waits, Point]] = []

    def prepare(self) -> None:
        """Look for the rows."""
        self._points = [
            (waits, self.client.point(waits.table, last=True))
            for waits in self.waits
        ]

    def once(self) -> None:
        """Do one transaction."""
        self._points.reverse()
        if not self._points:
            raise Gone
        here = self._points[0]
        try:
            self.client.begin()
            for step in (self.client.write_on, self.client.read_on):
                for here in self._points:
                    self._time(*here, step)
                self.over.wait(HELD)
            self.client.undo()
        except Gone:
            self._points.remove(here)
        except Failed as error:
            if error.code == LOST:
                raise
            here[0].failed(error)

    def _time(
        self, waits: Waits, point: Point, step: Callable[[Point], None]
    ) -> None:
        waits.time(lambda: step(point))

    def note(self, error: Failed) -> None:
        """Note an error."""
        if self.waits:
            self.waits[0].failed(error)

    def told(self) -> Sequence[Waits]:
        """Return what was felt."""
        return self.waits


class Statement(Probe):
    """Runs one statement of the project's workload, over and over."""

    def __init__(
        self, number: int, statement: str, client: Client, interval: float
    ) -> None:
        super().__init__(f"workload {number}", client, interval)
        reads = statement.lstrip().lower().startswith(("select", "with"))
        self.waits = Waits(
            f"workload statement {number}", "read" if reads else "write"
        )
        self._statement = statement

    def once(self) -> None:
        """Run it."""
        try:
            self.waits.time(lambda: self.client.run(self._statement))
        except Gone as error:
            self.waits.failed(Failed("gone", str(error)))
        except Failed as error:
            if error.code == LOST:
                raise
            self.waits.failed(error)

    def note(self, error: Failed) -> None:
        """Note an error."""
        self.waits.failed(error)

    def told(self) -> Sequence[Waits]:
        """Return what was felt."""
        return (self.waits,)


def make(
    engine: str,
    place: dict[str, Any],
    tables: Sequence[str],
    workload: Sequence[str],
) -> list[Probe]:
    """Return the threads for a step, not started yet."""
    number = 2 * len(tables) + len(workload)
    interval = max(INTERVAL, number / MOST_CALLS)
    probes: list[Probe] = [
        Single(table, kind, client(engine, place), interval)
        for table in tables
        for kind in ("read", "write")
    ]
    if tables:
        probes.append(Transaction(tables, client(engine, place), interval))
    for index, statement in enumerate(workload, 1):
        probes.append(
            Statement(index, statement, client(engine, place), interval)
        )
    return probes
