"""A change of nova on a gigabyte: how soon it runs, and what measuring costs.

Ours is a warm worker's build: the releases below the change were climbed
before, and are layers; the change itself is new in every round.  The rival
does without layers what the first turbo-hipster did: it loads the dump,
climbs from version 216 to 405, and runs the change.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from benchmarks import database_builds, datasets, measure, nova_data
from benchmarks.rivals import loading
from turbo_hipster.task import TaskContext
from turbo_hipster.testing import Outcome, Project, run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.stepping.stepper import ProcessStepper
from turbo_hipster_real_db_upgrade.measuring.warming import warm
from turbo_hipster_real_db_upgrade.task import RealDbUpgrade

OURS, RIVAL = "turbo-hipster", "load the dump, climb, run"
BARE = "bare tool on the same data"
GOALS = {"mariadb": 30.0}
"""How many times sooner; elsewhere the ratio is shown."""

SOON = 3.0
"""Seconds until the change's first migration."""

MORE_SECONDS, MORE_TIMES = 5.0, 1.15
"""What the measured pass may add to the bare tool."""

FIRST = nova_data.RUNGS[-1] + 1
TABLES = ("instances", "instance_system_metadata")
TOGETHER = 1.6


class Build(NamedTuple):
    """A build of ours, and how long parts of it took, in seconds."""

    to_first: float
    measured: float
    total: float
    outcome: Outcome


class Bench:
    """The repository, and builds of changes to it."""

    def __init__(self, found: nova_data.Nova, folder: Path) -> None:
        self.found = found
        self.folder = folder
        self._round = 0

    def dataset(self, name: str, engine: Engine, dump: Path) -> None:
        """Describe a dataset; the dump stays where it is."""
        folder = self.folder / name
        folder.mkdir(parents=True)
        (folder / dump.name).symlink_to(dump)
        (folder / "dataset.yaml").write_text(
            f"project: nova\nengine: {engine.name}\nseed: {dump.name}\n"
            "limits: {rows_read: 1.0e+12, rows_changed: 1.0e+12}\n"
        )

    def change(self) -> None:
        """Make a change that no build has seen."""
        self._round += 1
        repository = self.found.repository
        files = {
            f"{nova_data.FOLDER}/{path.name}": path.read_bytes()
            for path in (repository / nova_data.FOLDER).glob("*")
            if path.is_file()
        }
        versions = repository / nova_data.FOLDER / "versions"
        changed = {
            f"{nova_data.FOLDER}/versions/{path.name}": path.read_bytes()
            + f"# {time.time_ns()}\n".encode()
            for path in versions.glob("4*.py")
            if nova_data.version(path.name) >= FIRST
        }
        reset = ["git", "reset", "--quiet", "--hard", self.found.base]
        subprocess.run(reset, cwd=repository, check=True)
        Project(repository).commit({**files, **changed})

    def build(self, **options: str) -> Build:
        """Judge a change that no build has seen."""
        self.change()
        began = time.perf_counter()
        with stepped() as steps:
            outcome = run_task(
                RealDbUpgrade,
                {
                    "datasets_dir": str(self.folder),
                    "tool": "sqlalchemy_migrate",
                    "tool_options": ",".join(
                        f"{key}:{value}"
                        for key, value in nova_data.OPTIONS.items()
                    ),
                    "requirements": ", ".join(nova_data.NEEDS),
                    "ladder": ", ".join(
                        f"r{most}" for most in nova_data.RUNGS
                    ),
                    **options,
                },
                {"ZUUL_PROJECT": "nova"},
                project=self.found.repository,
                base=self.found.base,
                state_dir=STATE,
            )
        total = time.perf_counter() - began
        failing = [one.message for one in outcome.findings]
        if outcome.verdict.name != "SUCCESS":
            raise RuntimeError(f"{outcome.sentences} {failing}")
        first = min(at for at, revision in steps if revision == str(FIRST))
        measured = sum(
            step.seconds or 0
            for step in outcome.steps
            if step.name.endswith(": measure")
        )
        return Build(first - began, measured, total, outcome)


STATE = database_builds.KEPT / "state" / "plugin"


@contextlib.contextmanager
def stepped() -> Iterator[list[tuple[float, str]]]:
    """Note when each migration is begun."""
    seen: list[tuple[float, str]] = []
    step = ProcessStepper.step

    def noted(self: ProcessStepper, migration: Any, *rest: Any, **how: Any):
        seen.append((time.perf_counter(), migration.revision))
        return step(self, migration, *rest, **how)

    with mock.patch.object(ProcessStepper, "step", noted):
        yield seen


def without_layers(
    context: TaskContext, found: nova_data.Nova, engine: Engine, dump: Path
) -> tuple[float, float]:
    """Return the seconds until the change's first step could begin.

    And those of the bare tool for the change's steps, on warmed data.
    """
    began = time.perf_counter()
    with Servers(context, memory=datasets.MEMORY) as servers:
        server = servers.empty(engine)
        if engine.name == "sqlite":
            engine.load(server, dump)
        else:
            loading.load(context, server, datasets.Dataset(dump, 0))
        tool = plugins.tool("sqlalchemy_migrate")()
        project = found.project(found.repository)
        with tool.open(context, project, server) as stepper:
            new = []
            for migration in stepper.history().migrations:
                if nova_data.version(f"{migration.revision}_") >= FIRST:
                    new.append(migration)
                elif int(migration.revision) > nova_data.SEED:
                    ran = stepper.step(migration)
                    if ran.failure:
                        raise RuntimeError(ran.failure.message)
        climbed = time.perf_counter() - began
        warm(server, TABLES)

        def bare() -> None:
            with tool.open(context, project, server) as stepper:
                for migration in new:
                    if stepper.step(migration).failure:
                        raise RuntimeError(f"{migration} failed")

        return climbed, measure.seconds(bare)


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Measure each engine."""
    for engine in database_builds.engines("mariadb", "postgresql", "sqlite"):
        size = nova_data.ROWS[engine.name] // (100 if quick else 1)
        dump = nova_data.dump(engine, size)
        yield from prepared(
            engine,
            lambda context, bench, engine=engine, dump=dump: one_dataset(
                context, bench, engine, dump, 1 if quick else 3
            ),
        )
    engine = database_builds.engines("postgresql")[0]
    dumps = [
        nova_data.dump(engine, size)
        for size in ((3000, 3001) if quick else (300_000, 300_010))
    ]
    yield from prepared(
        engine,
        lambda _context, bench: two_datasets(
            bench, engine, dumps, 1 if quick else 3
        ),
    )


Work = Callable[[TaskContext, Bench], list[measure.Row]]


def prepared(engine: Engine, work: Work) -> list[measure.Row]:
    """Do ``work`` in a build that has the repository."""

    def build(context: TaskContext) -> list[measure.Row]:
        found = nova_data.nova(context, [engine], context.workspace / "nova")
        return work(context, Bench(found, context.workspace / "datasets"))

    answer: Any = database_builds.in_build(database_builds.KEPT, build)
    return list(answer)


def one_dataset(
    context: TaskContext, bench: Bench, engine: Engine, dump: Path, rounds: int
) -> list[measure.Row]:
    """Return how soon the change runs, and what measuring it costs."""
    bench.dataset("cloud", engine, dump)
    bench.build()  # climbs, and leaves layers
    builds: list[Build] = []
    bare: list[float] = []

    def ours() -> float:
        builds.append(bench.build())
        return builds[-1].to_first

    def rival() -> float:
        climbed, seconds = without_layers(context, bench.found, engine, dump)
        bare.append(seconds)
        return climbed

    seen = measure.alternate({OURS: ours, RIVAL: rival}, rounds)
    (told,) = builds[-1].outcome.tables["datasets"].rows
    size = f"{(told['bytes'] or 0) / 1e9:.2f} GB, from {told['started from']}"
    times = GOALS.get(engine.name)
    soon = seen[OURS] <= SOON
    median = sorted(builds, key=lambda one: one.total)[len(builds) // 2]
    mine, theirs = median.measured, sorted(bare)[len(bare) // 2]
    return [
        measure.row(
            f"{engine.title}: from the job's start to the change's first "
            "migration, nova",
            "s",
            seen[OURS],
            {RIVAL: seen[RIVAL]},
            reach=f"≤ {SOON:g} s"
            + (f", {times:g} x sooner" if times else "")
            + f" ({size})",
            reached=soon
            and (times is None or seen[OURS] * times <= seen[RIVAL]),
        ),
        measure.row(
            f"{engine.title}: the measured pass over the change's 7 steps",
            "s",
            mine,
            {BARE: theirs},
            reach=f"≤ {MORE_TIMES} x {BARE} + {MORE_SECONDS:g} s",
            reached=mine <= MORE_TIMES * theirs + MORE_SECONDS,
        ),
        measure.row(
            f"{engine.title}: from the job's start to the complete report",
            "s",
            median.total,
            reach="shown only",
            reached=True,
        ),
    ]


def two_datasets(
    bench: Bench, engine: Engine, dumps: list[Path], rounds: int
) -> list[measure.Row]:
    """Return how much faster two datasets are side by side."""
    for name, dump in zip(("first", "second"), dumps, strict=True):
        bench.dataset(name, engine, dump)
    bench.build()

    def timed(parallel: int) -> float:
        return bench.build(parallel=str(parallel)).total

    after = "one after the other"
    seen = measure.alternate(
        {OURS: lambda: timed(2), after: lambda: timed(1)}, rounds
    )
    return [
        measure.row(
            f"{engine.title}: two datasets side by side",
            "s",
            seen[OURS],
            {after: seen[after]},
            reach=f"{TOGETHER} x faster than {after}",
            reached=seen[OURS] * TOGETHER <= seen[after],
        )
    ]
