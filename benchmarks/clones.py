"""A copy of a gigabyte: a clone that answers, against loading its dump.

The first run makes the datasets and their snapshots, and keeps them below
``build``.  Clones by the best technique of that disk take turns with the
load; all other techniques, and other file systems, are shown beside it.
"""

from __future__ import annotations

import contextlib
import os
import statistics
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

from benchmarks import (
    database_builds,
    datasets,
    disks,
    measure,
    process_tree,
)
from benchmarks.rivals import loading
from turbo_hipster.task import TaskContext
from turbo_hipster_databases import home
from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.seeds.seeded import seeded
from turbo_hipster_databases.servers import fleet
from turbo_hipster_databases.snapshots import (
    Snapshot,
    Technique,
    names,
    technique,
    trial,
)

OURS = "turbo-hipster"
TIMES = {"mariadb": 60, "postgresql": 25}
"""How many times faster than the load a clone is to be."""

MANY = 20
SOON, LARGEST = 4.0, 120.0
"""Seconds until so many clones answer; MB of each."""

PROGRAMS = ("mariadbd", "postgres")


class Cloning:
    """The clones of one dataset in one build."""

    def __init__(
        self, context: TaskContext, engine: Engine, data: datasets.Dataset
    ) -> None:
        self.context, self.engine, self.data = context, engine, data
        self.servers = fleet.Servers(context)
        self.snapshot: Snapshot

    def __enter__(self) -> Cloning:
        self.servers.__enter__()
        release = self.servers.release(self.engine)
        self.snapshot = seeded(
            self.context, self.servers, self.engine, release, self.data.dump
        )
        return self

    def __exit__(self, *error: object) -> None:
        self.servers.__exit__(*error)

    def ready(self) -> Server:
        """Return a clone that has answered."""
        server = self.servers.clone(self.snapshot)
        self.data.answers(server)
        return server

    def one(self) -> float:
        """Return the seconds until a clone answers."""
        seen = []
        began = measure.seconds(lambda: seen.append(self.ready()))
        seen[0].stop()
        return began

    def some(self) -> float:
        """Return the median of a few."""
        return statistics.median(self.one() for _ in range(5))

    def load(self) -> float:
        """Return the seconds until a server with the dump loaded answers."""
        memory = datasets.MEMORY
        with fleet.Servers(self.context, memory=memory) as servers:

            def work() -> None:
                server = servers.empty(self.engine)
                loading.load(self.context, server, self.data)
                self.data.answers(server)

            return measure.seconds(work)

    def techniques(self) -> Iterator[tuple[str, str]]:
        """Yield each technique, and why it does not work here, if so."""
        room = home.room(self.context)
        store = self.servers.store.folder
        for name in names.ORDER:
            yield name, trial.works(self.context, name, store, room)

    def by(self, name: str) -> float:
        """Return the seconds of a clone by this technique."""
        with mock.patch.object(fleet, "technique", lambda *_: Technique(name)):
            self.one()
            return self.some()

    def best(self) -> str:
        """Return the technique that a build takes."""
        store = self.servers.store.folder
        return technique(self.context, store, home.room(self.context)).name

    def at_once(self) -> tuple[float, float]:
        """Start many: the seconds until all answer, and the MB of each."""
        before = set(process_tree.tree(os.getpid()))
        seen: list[Server] = []
        with ThreadPoolExecutor(MANY) as pool:

            def work() -> None:
                seen.extend(pool.map(lambda _: self.ready(), range(MANY)))

            taken = measure.seconds(work)
            pids = set(process_tree.tree(os.getpid())) - before
            size = sum(map(server_bytes, pids))
            list(pool.map(lambda server: server.stop(), seen))
        return taken, size / MANY / 1e6


def server_bytes(pid: int) -> int:
    """Return the memory of a process of a server; of all others nothing.

    A session's process may end while it is looked at.
    """
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        if Path(f"/proc/{pid}/comm").read_text().strip() in PROGRAMS:
            return process_tree.proportional_bytes(pid)
    return 0


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Measure each engine; quick is a hundredth of the rows."""
    for engine in database_builds.engines(*TIMES):
        data = datasets.dataset(engine, datasets.MOST // (100 if quick else 1))
        load, found = on_this_disk(engine, data, 1 if quick else 2)
        yield from found
        for kind in disks.available():
            yield from elsewhere(engine, data, kind, load)


def on_this_disk(
    engine: Engine, data: datasets.Dataset, rounds: int
) -> tuple[float, list[measure.Row]]:
    """Return the seconds of the load, and the rows of this disk."""
    rival = loading.NAMES[engine.name]

    def work(context: TaskContext) -> tuple[float, list[measure.Row]]:
        with Cloning(context, engine, data) as cloning:
            best = cloning.best()
            cloning.one()
            runs = {OURS: cloning.some, rival: cloning.load}
            seen = measure.alternate(runs, rounds)
            head = judged(engine, cloning, best, seen)
            rest = others(engine, cloning, best, seen[rival])
            return seen[rival], [head, *rest, *together(engine, cloning)]

    return database_builds.in_build(database_builds.KEPT, work)


def judged(
    engine: Engine, cloning: Cloning, best: str, seen: Mapping[str, float]
) -> measure.Row:
    """Return the row that has a goal."""
    rival, times = loading.NAMES[engine.name], TIMES[engine.name]
    size = cloning.snapshot.bytes / 1e9
    return measure.row(
        f"{engine.title}: a clone of a 1 GB dataset answers a query",
        "s",
        seen[OURS],
        {rival: seen[rival]},
        reach=f"{times} x faster than the load ({best} on "
        f"{measure.file_system(database_builds.KEPT)}, {size:.2f} GB)",
        reached=seen[OURS] * times <= seen[rival],
    )


def others(
    engine: Engine, cloning: Cloning, best: str, load: float
) -> Iterator[measure.Row]:
    """Yield a row for each further technique of this disk."""
    for name, why in cloning.techniques():
        if not why and name != best:
            disk = measure.file_system(cloning.servers.store.folder)
            yield shown(engine, f"{name} on {disk}", cloning.by(name), load)


def shown(engine: Engine, how: str, ours: float, load: float) -> measure.Row:
    """Return a row that is only shown."""
    return measure.row(
        f"{engine.title}: the same clone, {how}",
        "s",
        ours,
        {loading.NAMES[engine.name]: load},
        reach="shown only",
        reached=True,
    )


def elsewhere(
    engine: Engine, data: datasets.Dataset, kind: str, load: float
) -> Iterator[measure.Row]:
    """Yield rows of another file system; the snapshot is copied to it."""

    def original(context: TaskContext) -> Snapshot:
        with Cloning(context, engine, data) as cloning:
            return cloning.snapshot

    kept = database_builds.in_build(database_builds.KEPT, original)

    def work(context: TaskContext) -> list[measure.Row]:
        with fleet.Servers(context) as servers:
            servers.store.make(kept.manifest, copier(kept))
        with Cloning(context, engine, data) as cloning:
            return list(others(engine, cloning, "", load))

    with disks.disk(kind, database_builds.KEPT) as place:
        yield from database_builds.in_build(place, work)


def copier(kept: Snapshot) -> Callable[[Path], None]:
    """Return what fills a new snapshot with the files of an old one."""
    (source,) = kept.layers

    def fill(folder: Path) -> None:
        disks.run("cp", "-a", f"{source}/.", str(folder))

    return fill


def together(engine: Engine, cloning: Cloning) -> Iterator[measure.Row]:
    """Yield the rows of many clones at once, against one."""
    alone = cloning.some()
    taken, size = cloning.at_once()
    yield measure.row(
        f"{engine.title}: {MANY} clones of a 1 GB dataset at once answer",
        "s",
        taken,
        {"one": alone},
        reach=f"< {SOON:.0f} s",
        reached=taken < SOON,
    )
    yield measure.row(
        f"{engine.title}: memory of each of {MANY} clones (PSS)",
        "MB",
        size,
        reach=f"< {LARGEST:.0f} MB",
        reached=size < LARGEST,
    )
