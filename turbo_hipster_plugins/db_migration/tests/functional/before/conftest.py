"""A build that asks how it was before, over fakes and real git."""

from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from turbo_hipster import model, task
from turbo_hipster.testing import Project, run_task
from turbo_hipster_databases.exceptions import HistoryBroken
from turbo_hipster_databases.migration_tool import Project as Checkout
from turbo_hipster_db_migration.before import Before
from turbo_hipster_db_migration.board import Board
from turbo_hipster_db_migration.ending import Over
from turbo_hipster_db_migration.ground import Ground

DEADLINE = 60.0


class FakeSurrounding:
    """Makes a project without an environment, or fails to."""

    def __init__(self, fails):
        self.fails = fails
        self.asked = []

    def project(self, checkout):
        self.asked.append(checkout)
        if self.fails:
            raise self.fails
        return Checkout(checkout, Path("/python"))


class Stage:
    """A build with grounds of fake engines, and a Before on real git."""

    def __init__(self, context, fakes, base, *, fails=None, engines, **how):
        self.context = context
        self.opened = []
        self.meeting = how.pop("meeting", None)
        stage = self

        class Tool(fakes.Tool):
            @contextmanager
            def open(self, context, project, server):
                stage.opened.append(project.checkout)
                if stage.meeting:
                    stage.meeting.wait(DEADLINE)
                tool = stage.tool_of(fakes, project.checkout)
                with tool.open(context, project, server) as stepper:
                    yield stepper

        self.surrounding = FakeSurrounding(fails)
        self.before = Before(context, self.surrounding, base)
        board = Board(context)
        settings = SimpleNamespace(
            prepare=how.pop("prepare", ""), step_timeout=60.0
        )
        self.grounds = []
        for name in engines:
            engine = fakes.Engine(name, True, ())
            servers = fakes.Servers(engine)
            for method, does in how.items():
                setattr(servers, method, does)
            self.grounds.append(
                Ground(
                    context, settings, engine, engine.releases()[0], servers,
                    servers, Tool([]), Checkout(context.workspace, Path("/")),
                    board, Over(),
                )
            )  # fmt: skip

    def tool_of(self, fakes, checkout):
        """Return the history that a tree has in its file ``steps``."""
        names = (checkout / "steps").read_text().split()
        if names[0] == "broken":
            return fakes.Tool([], broken=HistoryBroken("cycle", names[1]))
        return fakes.Tool([fakes.Step(name) for name in names])

    def was(self, number=0):
        return self.before.was(self.grounds[number])


@pytest.fixture
def project(tmp_path):
    """A repository whose last commit adds a step."""
    return Project(tmp_path / "project")


@pytest.fixture
def look(project, fakes):
    """Let a function look at a stage in a build; returns its outcome."""

    def look(function, base, engines=("fakesql",), **how):
        class Look(task.Task):
            """Look."""

            def run(self, context):
                stage = Stage(context, fakes, base, engines=engines, **how)
                function(stage)
                return model.Result.success()

        return run_task(Look, project=project.path, base=base)

    return look


@pytest.fixture
def change(project):
    """Commit a base and a change; return the base."""

    def change(old="one", new="one two", **files):
        base = project.commit({"steps": old, **files})
        project.commit({"steps": new})
        return base

    return change


@pytest.fixture
def revisions():
    """Return the revisions of a walk's history."""
    return lambda walk: [one.revision for one in walk.history.migrations]
