"""Run the checks over fakes, and look at what came of it."""

import dataclasses
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from turbo_hipster import model, task
from turbo_hipster.testing import run_task
from turbo_hipster_databases.migration_tool import Project
from turbo_hipster_db_migration import lane
from turbo_hipster_db_migration.board import Board
from turbo_hipster_db_migration.checks import engines as equal
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.options import OPTIONS


class FakeChange:
    base = None

    def __init__(self, only):
        self.only = only

    def judged(self, history):
        revisions = {one.revision for one in history.migrations}
        return frozenset(
            revisions if self.only is None else revisions & set(self.only)
        )


class FakeBefore:
    def __init__(self, differences, failed_at):
        self.old, self.failed = differences, failed_at

    def differences(self, ground):
        return self.old

    def failed_at(self, ground):
        return self.failed


def settings(**options):
    """Return the options of a job with their defaults."""
    values = {option.dest: option.default for option in OPTIONS}
    return SimpleNamespace(**{**values, **options})


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
        failed_before="", options=None, **facts,
    ):  # fmt: skip
        chain = []
        for one in steps:
            if chain and not one.parents:
                one = dataclasses.replace(one, parents=(chain[-1].revision,))
            chain.append(one)
        tool = fakes.Tool(chain, **facts)
        engines = more or {"fakesql": ()}
        made = []

        class Judge(task.Task):
            """Run the checks."""

            def run(self, context):
                board, walks = Board(context), {}
                for name, extra in engines.items():
                    engine = fakes.Engine(name, transactional, extra)
                    servers = fakes.Servers(engine)
                    made.append(servers)
                    project = Project(context.workspace, Path("/python"))
                    ground = Ground(
                        context, settings(**(options or {})), engine,
                        engine.releases()[0], servers, servers, tool,
                        project, board, threading.Event(),
                    )  # fmt: skip
                    walks[name] = lane.run(
                        ground,
                        FakeChange(only),
                        FakeBefore(before, failed_before),
                    )
                ended = {
                    name: walk
                    for name, walk in walks.items()
                    if walk and walk.schema
                }
                titles = {name: name.title() for name in engines}
                equal.check(board, ended, titles)
                board.show(titles)
                return model.Result.success()

        outcome = run_task(Judge)
        assert [servers.lent for servers in made] == [0] * len(made)
        return Judged(outcome, tool, made)

    return judge
