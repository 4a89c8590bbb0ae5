"""The task: run a history on private servers, and say what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace

from turbo_hipster import model, task
from turbo_hipster_databases import home, plugins
from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.exceptions import (
    RequirementsRefused,
    ServerMissing,
)
from turbo_hipster_databases.model import Release
from turbo_hipster_databases.projects.changed import Change
from turbo_hipster_databases.projects.surrounding import Surrounding
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.snapshots import Store
from turbo_hipster_db_migration import lane, shown
from turbo_hipster_db_migration.before import Before
from turbo_hipster_db_migration.beside import beside
from turbo_hipster_db_migration.board import Board
from turbo_hipster_db_migration.checks import engines as equal
from turbo_hipster_db_migration.ending import Over
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.options import OPTIONS, refuse_unusable
from turbo_hipster_db_migration.walk import Walk
from turbo_hipster_db_migration.words import WALK, counted

ENVIRONMENT = "environment"
AGREE = "engines agree"
NOTHING = "No migration could be judged"


class DbMigration(task.Task):
    """Run a project's migrations, and say whether their history is sound."""

    options = OPTIONS

    @classmethod
    def check(cls, options: SimpleNamespace) -> None:
        """Raise InvalidJob if the section's options cannot work."""
        refuse_unusable(options)

    def run(self, context: task.TaskContext) -> model.Result:
        """Judge the change."""
        with (
            Servers(context, server_user=self.settings.server_user) as servers,
            Store(home.room(context) / "states", context.log) as store,
        ):
            return self._judge(context, servers, store)

    def _judge(
        self, context: task.TaskContext, servers: Servers, store: Store
    ) -> model.Result:
        releases = self._releases(context, servers)
        steps = [
            step
            for name in releases
            for step in lane.planned(name, self.settings.checks)
        ]
        context.plan([ENVIRONMENT, *steps, AGREE])
        tool = plugins.tool(self.settings.tool)()
        engines = {name: plugins.engine(name) for name in releases}
        surrounding = Surrounding(
            context, self.settings, tool, list(engines.values())
        )
        board, over = Board(context), Over()
        change = Change(context, self.settings.judge)
        before = Before(context, surrounding, change.base)
        with context.step(ENVIRONMENT):
            try:
                project = surrounding.project(context.workspace)
            except RequirementsRefused as error:
                return _no_environment(board, error, before.refused())
        grounds = {
            name: Ground(
                context,
                self.settings,
                engine,
                releases[name],
                servers,
                store,
                tool,
                project,
                board,
                over,
            )
            for name, engine in engines.items()
        }
        most = self.settings.parallel
        walks = {
            name: walk
            for name, walk in beside(
                grounds, most, lambda one: lane.run(one, change, before)
            ).items()
            if walk
        }
        titles = {name: engine.title for name, engine in engines.items()}
        with context.step(AGREE):
            equal.check(
                board,
                {name: walk for name, walk in walks.items() if walk.schema},
                titles,
                _ends(grounds, most, before),
            )
        shown.servers(context, grounds)
        board.show(
            {
                name: plugins.engine(name).title
                for name in self.settings.engines
            }
        )
        shown.migrations(context, walks)
        return _result(walks, titles)

    def _releases(
        self, context: task.TaskContext, servers: Servers
    ) -> Mapping[str, Release]:
        """Return the installed engines; raises ServerMissing for none."""
        found: dict[str, Release] = {}
        missing = []
        for name in self.settings.engines:
            engine: Engine = plugins.engine(name)
            try:
                found[name] = servers.release(engine)
            except ServerMissing as error:
                missing.append(error)
                context.not_checked(engine.title, str(error))
        if not found:
            raise ServerMissing("; ".join(map(str, missing)))
        return found


def _ends(
    grounds: Mapping[str, Ground], most: int, before: Before
) -> Callable[[Sequence[str]], equal.Ends]:
    """Return what walks the base on several engines."""

    def end(ground: Ground) -> Schema | None:
        walk = before.was(ground).walk
        return walk.schema if walk else None

    return lambda names: beside(
        {name: grounds[name] for name in names}, most, end
    )


def _no_environment(
    board: Board,
    error: RequirementsRefused,
    before: RequirementsRefused | None,
) -> model.Result:
    first, _, rest = str(error).strip().partition("\n")
    known = before is not None and str(before) == str(error)
    board.found(
        WALK,
        f"The project's environment cannot be made: {first}"
        + ("; it could not before this change, either" if known else ""),
        {},
        severity=model.Severity.NOTE if known else model.Severity.FAIL,
        advice="Require what can be installed together.",
        detail=rest.strip(),
    )
    if known:
        board.gap("all migrations", "there is no environment to run them in")
        return model.Result.success(f"{NOTHING}, as before this change")
    return model.Result.failure(f"The environment cannot be made: {first}")


def _result(
    walks: Mapping[str, Walk], titles: Mapping[str, str]
) -> model.Result:
    """Say what was judged; findings that fail make it a failure."""
    if not walks:
        return model.Result.success(NOTHING)
    judged = {
        took.ran.migration.revision for walk in walks.values()
        for took in walk.took
        if took.ran.migration.revision in walk.judged
    }  # fmt: skip
    return model.Result.success(
        f"{counted(len(judged), 'migration')} judged on "
        + ", ".join(titles[name] for name in walks)
    )
