"""Whether what we measure is what production will see.

A step on a clone, under observers and probes, takes turns with the same step
on a plain copy with none of it; both are warm.  And the longest wait that
the probes felt is held against that of a client timed by hand.
"""

from __future__ import annotations

import contextlib
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from unittest import mock

from benchmarks import database_builds, datasets, measure
from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.seeds.seeded import seeded
from turbo_hipster_databases.servers import fleet
from turbo_hipster_databases.snapshots import Snapshot, Technique
from turbo_hipster_real_db_upgrade.measuring.warming import warm
from turbo_hipster_real_db_upgrade.probing.probes import Probes

ROWS = 1_000_000
PAIRS = 9
LEAST, MOST = 0.85, 1.15
TABLE = "event"
MEMORY = 256 * 2**20
"""Bytes of cache, as a job has by default."""

STEPS = {
    "index": "CREATE INDEX event_kind ON event (kind, amount)",
    "update": "UPDATE event SET kind = kind + 1 WHERE id % 4 = 0",
}
JUDGED = ("overlay", "copy")

BLOCK = {
    "mariadb": ("LOCK TABLES event WRITE", "SELECT SLEEP(2)", "UNLOCK TABLES"),
    "postgresql": (
        "BEGIN",
        "LOCK TABLE event IN ACCESS EXCLUSIVE MODE",
        "SELECT pg_sleep(2)",
        "COMMIT",
    ),
}
NEAR, SHARE = 0.005, 0.02
"""Seconds, and share of the wait, by which two clients may differ."""


def execute(server: Server, *statements: str) -> float:
    """Run statements on a connection of their own; return the seconds."""
    with contextlib.closing(server.connect()) as connection:
        cursor = connection.cursor()

        def work() -> None:
            for statement in statements:
                cursor.execute(statement)
                if cursor.description:
                    cursor.fetchall()

        return measure.seconds(work)


class Pairs:
    """The same step, measured and plain, on one dataset."""

    def __init__(
        self, context: TaskContext, servers: fleet.Servers, snapshot: Snapshot
    ) -> None:
        self._context = context
        self._servers = servers
        self._snapshot = snapshot

    @contextlib.contextmanager
    def clone(self, technique: str) -> Iterator[Server]:
        """Lend a warm server on a clone made by this technique."""
        chosen = Technique(technique)
        with mock.patch.object(fleet, "technique", lambda *_: chosen):
            server = self._servers.clone(self._snapshot)
        try:
            warm(server, [TABLE])
            yield server
        finally:
            server.stop()

    def plain(self, step: str) -> float:
        """Return the seconds of a step with nothing beside it."""
        with self.clone("copy") as server:
            return execute(server, step)

    def measured(self, step: str, technique: str) -> float:
        """Return the seconds of a step under observers and probes."""
        with (
            self.clone(technique) as server,
            contextlib.closing(server.engine.observer(server)) as observer,
            Probes(self._context, server) as probes,
        ):
            probes.prepare([TABLE])
            observer.begins()
            probes.begins()
            seconds = execute(server, step)
            probes.ends()
            observer.ends()
            return seconds

    def stall(self) -> tuple[float, float]:
        """Return the longest wait, as probes felt it and by hand."""
        with (
            self.clone("copy") as server,
            Probes(self._context, server) as probes,
            timed_by_hand(server) as waits,
        ):
            probes.prepare([TABLE])
            probes.begins()
            execute(server, *BLOCK[server.engine.name])
            felt = probes.ends().longest("read")
        return (felt.seconds if felt else 0.0), max(waits)


@contextlib.contextmanager
def timed_by_hand(server: Server) -> Iterator[list[float]]:
    """Read one row over and over; the waits are in the list at the end."""
    waits: list[float] = []
    over = threading.Event()

    def work() -> None:
        with contextlib.closing(server.connect()) as connection:
            cursor = connection.cursor()
            while not over.is_set():
                began = time.perf_counter()
                cursor.execute("SELECT note FROM event WHERE id = 1")
                cursor.fetchall()
                waits.append(time.perf_counter() - began)
                time.sleep(0.001)

    client = threading.Thread(target=work, name="client by hand")
    client.start()
    try:
        measure.wait_until(lambda: waits, "the client by hand reads")
        yield waits
    finally:
        over.set()
        client.join()


def interval(
    mine: Sequence[float], theirs: Sequence[float]
) -> tuple[float, float]:
    """Return the 90 % interval of the ratio of medians, by bootstrap.

    Rounds are drawn anew, with both of a pair; see Efron, 1979.
    """
    draw = random.Random(1)
    rounds = range(len(mine))
    ratios = []
    for _ in range(4000):
        drawn = draw.choices(rounds, k=len(rounds))
        ratios.append(
            statistics.median(mine[one] for one in drawn)
            / statistics.median(theirs[one] for one in drawn)
        )
    ratios.sort()
    return ratios[200], ratios[-200]


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Measure both servers; SQLite has no technique but the copy here."""
    count = ROWS // (20 if quick else 1)
    for engine in database_builds.engines("mariadb", "postgresql"):
        data = datasets.dataset(engine, count)

        def work(
            context: TaskContext,
            engine: Engine = engine,
            data: datasets.Dataset = data,
        ) -> list[measure.Row]:
            with fleet.Servers(context, memory=MEMORY) as servers:
                release = servers.release(engine)
                snapshot = seeded(context, servers, engine, release, data.dump)
                pairs = Pairs(context, servers, snapshot)
                found = [
                    distorted(engine, pairs, technique, step, quick)
                    for technique in JUDGED
                    for step in STEPS
                ]
                return [*found, stalled(engine, pairs, quick)]

        answer: Any = database_builds.in_build(database_builds.KEPT, work)
        yield from answer


def distorted(
    engine: Engine, pairs: Pairs, technique: str, step: str, quick: bool
) -> measure.Row:
    """Return the row of one step by one technique."""
    mine, theirs = [], []
    contenders: list[tuple[list[float], Callable[[], float]]] = [
        (mine, lambda: pairs.measured(STEPS[step], technique)),
        (theirs, lambda: pairs.plain(STEPS[step])),
    ]
    for number in range(2 if quick else PAIRS):
        # who is first takes turns, too
        for seen, run in contenders[:: 1 if number % 2 else -1]:
            seen.append(run())
    low, high = interval(mine, theirs)
    return measure.row(
        f"{engine.title}: {step} of {ROWS // 10**6} M rows, measured on "
        f"{technique}",
        "s",
        statistics.median(mine),
        {"plain copy, nothing beside it": statistics.median(theirs)},
        reach=f"ratio within {LEAST}-{MOST}; 90 % interval here "
        f"{low:.2f}-{high:.2f}",
        reached=low >= LEAST and high <= MOST,
    )


def stalled(engine: Engine, pairs: Pairs, quick: bool) -> measure.Row:
    """Return how the probes' wait compares with a client's."""
    seen = [pairs.stall() for _ in range(1 if quick else 5)]
    felt, known = max(seen, key=lambda one: abs(one[0] - one[1]))
    return measure.row(
        f"{engine.title}: stall by a statement of 2 s, the worst of "
        f"{len(seen)}",
        "s",
        felt,
        {"client timed by hand": known},
        reach=f"within {NEAR * 1000:g} ms + {SHARE:.0%} of the client",
        reached=abs(felt - known) <= NEAR + SHARE * known,
    )
