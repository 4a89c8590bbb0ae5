"""All steps of a real history: nova 22.4.0, 197 of them, on each engine.

The environment is made once: nova's requirements, which take minutes.  Ours
reads every counter before and after each step; the rival goes up in one
process, in one go, on a server of the same kind.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks import database_builds, measure
from turbo_hipster.task import TaskContext
from turbo_hipster_databases import plugins
from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.environments import with_drivers
from turbo_hipster_databases.migration_tool import Project
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.stepping import surroundings

OURS, RIVAL = "turbo-hipster, all observers on", "migrate upgrade, in one go"
ENGINES = ("sqlite", "mariadb", "postgresql")
REQUIREMENTS = ("nova==22.4.0", "sqlalchemy<1.4", "setuptools==68")
REPOSITORY = "nova.db.sqlalchemy.migrate_repo"
START, LAST, SOON = 215, 412, 225
"""The version of an empty database, the newest, and a quick run's."""

UPGRADE = """
import importlib, os, pathlib, sys
from migrate.versioning import api
first, last = map(int, sys.argv[2:])
url = os.environ["DATABASE_URL"]
module = importlib.import_module(sys.argv[1])
repository = str(pathlib.Path(module.__file__).parent)
api.version_control(url, repository, first)
api.upgrade(url, repository, last)
assert int(api.db_version(url, repository)) == last
"""


class Walk(NamedTuple):
    """What both need: where the project's interpreter is, and how far."""

    context: TaskContext
    servers: Servers
    engine: Engine
    project: Project
    last: int

    def ours(self) -> float:
        """Step up, each step observed; the server is ready before."""
        server = self.servers.empty(self.engine)
        try:
            return measure.seconds(lambda: self._step(server))
        finally:
            server.stop()

    def _step(self, server: Server) -> None:
        tool = plugins.tool("sqlalchemy_migrate")()
        with (
            contextlib.closing(self.engine.observer(server)) as observer,
            tool.open(self.context, self.project, server) as stepper,
        ):
            for migration in stepper.history().migrations:
                if int(migration.revision) > self.last:
                    break
                observer.begins()
                ran = stepper.step(migration)
                observer.ends()
                if ran.failure:
                    raise RuntimeError(f"{migration}: {ran.failure.message}")
            reached = stepper.current()
        if reached != (str(self.last),):
            raise RuntimeError(f"it ended at {reached}")

    def rival(self) -> float:
        """Let the tool go up by itself."""
        server = self.servers.empty(self.engine)
        argv = [str(self.project.python), "-c", UPGRADE, REPOSITORY]
        argv += [str(START), str(self.last)]
        url = surroundings.url(self.project, server)
        env = surroundings.variables(self.project, url)

        def upgrade() -> None:
            ended = self.context.execute(
                argv, cwd=self.project.checkout, env=env
            )
            if ended.status:
                raise RuntimeError(ended.tail)

        try:
            return measure.seconds(upgrade)
        finally:
            server.stop()


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Measure each engine; SQLite needs no server and is first."""
    engines = database_builds.engines(*ENGINES)
    for engine in engines:

        def work(
            context: TaskContext, engine: Engine = engine
        ) -> dict[str, float]:
            # the driver of each is in it, so that it is one environment
            made = with_drivers(context, REQUIREMENTS, engines)
            project = Project(
                context.workspace,
                made.python,
                made.drivers,
                {"repository": REPOSITORY, "start": str(START)},
            )
            last = SOON if quick else LAST
            with Servers(context) as servers:
                walk = Walk(context, servers, engine, project, last)
                runs = {OURS: walk.ours, RIVAL: walk.rival}
                rounds = 1 if quick else 5
                return measure.alternate(runs, rounds, 0 if quick else 1)

        seen = database_builds.in_build(database_builds.KEPT, work)
        mine, other = seen[OURS], seen[RIVAL]
        yield measure.row(
            f"nova 22.4.0, {197 if not quick else SOON - START} steps on "
            f"{engine.title}, all observers on",
            "s",
            mine,
            {RIVAL: other},
            reach=f"≤ 1.4 x {RIVAL}",
            reached=mine <= 1.4 * other,
        )
