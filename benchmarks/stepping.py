"""Stepping a generated Alembic history, one migration at a time.

Ours and the rivals use the same interpreter and a new SQLite file each
time; loading that interpreter and Alembic is part of every figure.
"""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import database_builds, histories, measure
from turbo_hipster.task import TaskContext
from turbo_hipster_databases import plugins
from turbo_hipster_databases.environments import environment
from turbo_hipster_databases.migration_tool import Project
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.stepping import surroundings

OURS, WATCHED = "turbo-hipster", "turbo-hipster, observed"
HEAD, ONE = "alembic upgrade head", "alembic upgrade +1, each"
REQUIREMENTS = """\
alembic>=1.13
sqlalchemy>=2
pytest-alembic>=0.12
# 0.13.1 reads an attribute that pytest 9.2 has no more
pytest>=8,<9
"""
"""Of one environment for this and for the rival of the checks."""


class Steps:
    """The same history, gone up in several ways; each is timed."""

    def __init__(
        self, context: TaskContext, servers: Servers, folder: Path, count: int
    ) -> None:
        self.context, self.servers, self.count = context, servers, count
        self.engine = plugins.engine("sqlite")
        # as long as it lives, nobody removes it
        self.environment = environment(
            context, ["requirements.txt"], checkout=folder
        )
        self.project = Project(
            folder, self.environment.python, self.environment.drivers
        )
        self.numbers = itertools.count()

    def ours(self, *, observed: bool = False) -> float:
        """Step them, each in a transaction of its own."""
        server = self.servers.empty(self.engine)
        try:
            return measure.seconds(lambda: self._walk(server, observed))
        finally:
            server.stop()

    def _walk(self, server, observed: bool) -> None:
        tool = plugins.tool("alembic")()
        with contextlib.ExitStack() as stack:
            if observed:
                observer = self.engine.observer(server)
                stack.callback(observer.close)
            stepper = stack.enter_context(
                tool.open(self.context, self.project, server)
            )
            for migration in stepper.history().migrations:
                if observed:
                    observer.begins()
                ran = stepper.step(migration)
                if ran.failure:
                    raise RuntimeError(ran.failure.message)
                if observed:
                    observer.ends()
            (reached,) = stepper.current()
        if reached != f"r{self.count:04}":
            raise RuntimeError(f"it ended at {reached}")

    def rival(self, *words: str, times: int = 1) -> float:
        """Run the tool's own command, on a new file."""
        url = f"sqlite:///{self.project.checkout}/{next(self.numbers)}.sqlite"
        argv = [str(self.project.python), "-m", "alembic", *words]
        env = surroundings.variables(self.project, url)

        def run() -> None:
            for _ in range(times):
                ended = self.context.execute(
                    argv, cwd=self.project.checkout, env=env
                )
                if ended.status:
                    raise RuntimeError(ended.tail)

        return measure.seconds(run)


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Measure; the slow rival has its turn in one round only."""
    count = 8 if quick else 100
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name) / "project"
        folder.mkdir()
        histories.write(folder, count, REQUIREMENTS)

        def work(context: TaskContext) -> dict[str, float]:
            with Servers(context) as servers:
                steps = Steps(context, servers, folder, count)
                return turns(steps, 2 if quick else 9)

        seen = database_builds.in_build(database_builds.KEPT, work)
    yield from told(count, seen)


def turns(steps: Steps, rounds: int) -> dict[str, float]:
    """Let all take turns; returns the median seconds of each."""
    runs: dict[str, Callable[[], float]] = {
        OURS: steps.ours,
        WATCHED: lambda: steps.ours(observed=True),
        HEAD: lambda: steps.rival("upgrade", "head"),
    }
    seen = measure.alternate(runs, rounds, warm_up=1)
    each = {
        ONE: lambda: steps.rival("upgrade", "+1", times=steps.count),
        OURS: steps.ours,
    }
    return {**seen, ONE: measure.alternate(each, 1)[ONE]}


def told(count: int, seen: dict[str, float]) -> Iterator[measure.Row]:
    """Return the rows."""
    mine, head, each = seen[OURS], seen[HEAD], seen[ONE]
    what = f"{count} Alembic steps on SQLite"
    yield measure.row(
        f"{what}, all in one go",
        "s",
        mine,
        {HEAD: head},
        reach=f"≤ 1.3 x {HEAD}",
        reached=mine <= 1.3 * head,
    )
    yield measure.row(
        f"{what}, one at a time",
        "s",
        mine,
        {ONE: each},
        reach=f"40 x faster than {ONE}",
        reached=mine * 40 <= each,
    )
    yield measure.row(
        f"{what}, each observed",
        "s",
        seen[WATCHED],
        {HEAD: head, "without the observer": mine},
        reach="shown only",
        reached=True,
    )
