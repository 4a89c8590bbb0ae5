"""Run the checks over fakes, and look at what came of it."""

import copy
import dataclasses
from pathlib import Path
from types import SimpleNamespace

import pytest

from turbo_hipster import model, task
from turbo_hipster.testing import run_task
from turbo_hipster_databases.migration_tool import Project
from turbo_hipster_databases.model import Direction, Failure, History, Ran
from turbo_hipster_db_migration import lane
from turbo_hipster_db_migration.before import Was
from turbo_hipster_db_migration.board import Board
from turbo_hipster_db_migration.checks import engines as equal
from turbo_hipster_db_migration.ending import Over
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.options import OPTIONS
from turbo_hipster_db_migration.walk import Took, Walk


class FakeChange:
    def __init__(self, only, base):
        self.only, self.base = only, base

    def judged(self, history):
        revisions = {one.revision for one in history.migrations}
        return frozenset(
            revisions if self.only is None else revisions & set(self.only)
        )


class FakeBefore:
    """What a test says of the base: a walk's facts, or how it is broken."""

    def __init__(self, facts):
        self.facts = facts

    def was(self, ground):
        facts = dict(self.facts)
        if "broken" in facts:
            return Was(broken=facts["broken"])
        if not facts:
            return Was()
        history = self.history(ground)
        failed = facts.pop("failed", "")
        schemas = facts.pop("schemas", {})
        walk = Walk(history, frozenset(), schema=schemas.get(ground.name))
        for name in ("differences", "reached", "uncompared"):
            if name in facts:
                setattr(walk, name, facts[name])
        if failed:
            (step,) = [
                one for one in history.migrations if one.revision == failed
            ]
            failure = Failure(facts.get("says", "it failed"))
            walk.failed = Took(Ran(step, Direction.UP, 1, (), failure), 0)
        return Was(walk)

    def python(self):
        return Path(self.facts.get("python", "/python"))

    def history(self, ground):
        steps = self.facts.get("steps")
        if "broken" in self.facts:
            return None
        if steps is None:
            return History((), ()) if self.facts else None
        tool = copy.copy(ground.tool)
        tool.steps, tool.broken = steps, None
        tool.names_files = self.facts.get("names_files", tool.names_files)
        with tool.open(None, None, None) as stepper:
            return stepper.history()


def settings(**options):
    """Return the options of a job with their defaults."""
    values = {option.dest: option.default for option in OPTIONS}
    return SimpleNamespace(**{**values, **options})


def chained(steps):
    """Return the steps, each on the last unless it says otherwise."""
    chain = []
    for one in steps:
        if chain and not one.parents:
            one = dataclasses.replace(one, parents=(chain[-1].revision,))
        chain.append(one)
    return chain


class Judged:
    """What came of a run of all checks of one or several fake engines."""

    def __init__(self, outcome, tool, servers):
        self.outcome, self.tool, self.servers = outcome, tool, servers

    def ids(self, severity="fail"):
        return [
            one.id
            for one in self.outcome.findings
            if one.severity.value == severity
        ]

    @property
    def finding(self):
        (one,) = self.outcome.findings
        return one

    def cells(self, row=0):
        return {
            name.rpartition("(")[2].strip(")"): value
            for name, value in self.outcome.tables["checks"].rows[row].items()
        }

    def gaps(self):
        return {one.what: one.why for one in self.outcome.not_checked}


@pytest.fixture
def step(fakes):
    return fakes.Step


@pytest.fixture
def judge(fakes):
    """Run the checks of fake engines over fake steps, each on the last."""

    def judge(
        *steps, only=None, transactional=False, more=None, before=None,
        options=None, off=(), **facts,
    ):  # fmt: skip
        chain = chained(steps)
        was = dict(before or {})
        if "steps" in was:
            was["steps"] = chained(was["steps"])
        tool = fakes.Tool(chain, **facts)
        engines = more or {"fakesql": ()}
        made = []

        class Judge(task.Task):
            """Run the checks."""

            def run(self, context):
                board, walks, grounds = Board(context), {}, {}
                for name, extra in engines.items():
                    engine = fakes.Engine(name, transactional, extra)
                    servers = fakes.Servers(engine)
                    made.append(servers)
                    project = Project(context.workspace, Path("/python"))
                    ground = Ground(
                        context, settings(**(options or {})), engine,
                        engine.releases()[0], servers, servers, tool,
                        project, board, Over(),
                    )  # fmt: skip
                    walks[name] = lane.run(
                        ground,
                        FakeChange(only, None if before is None else "base"),
                        FakeBefore(was),
                    )
                    grounds[name] = ground
                ended = {
                    name: walk
                    for name, walk in walks.items()
                    if walk and walk.schema
                }
                titles = {name: name.title() for name in engines}
                equal.check(
                    board,
                    ended,
                    titles,
                    lambda names: {name: end(grounds[name]) for name in names},
                )
                board.show(titles)
                return model.Result.success()

        def end(ground):
            walk = FakeBefore(was).was(ground).walk
            return walk.schema if walk else None

        outcome = run_task(Judge, off=off)
        assert [servers.lent for servers in made] == [0] * len(made)
        return Judged(outcome, tool, made)

    return judge
