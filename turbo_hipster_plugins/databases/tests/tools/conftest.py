"""Builds that step a specimen's migrations with its real tool."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest

from theatre.disks import build_on_fixture, small_disk_fixture
from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.environments import with_drivers
from turbo_hipster_databases.environments.interpreters import find
from turbo_hipster_databases.exceptions import EnvironmentFailed
from turbo_hipster_databases.migration_tool import Project
from turbo_hipster_databases.servers.fleet import Servers

__all__ = ["build_on_fixture", "small_disk_fixture"]

FALLBACKS = ("PyMySQL", "psycopg2-binary")
"""In all, so that the tests of a tool share one environment."""

SPECIMENS = Path(__file__).with_name("specimens")


@pytest.fixture(scope="session")
def state_dir(tmp_path_factory, request):
    """Where environments and prepared servers of all tests lie.

    Shared by all processes of a test run: an environment is made once.
    """
    base = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        base = base.parent
    return base / "state-of-tools" / "plugin"


@pytest.fixture
def specimen(tmp_path):
    """Return a function that lays out a project: sound, or with a fault."""

    def lay_out(kind, fault=None):
        count = len(list(tmp_path.iterdir()))
        target = tmp_path / f"{count}-{kind}-{fault or 'sound'}"
        shutil.copytree(SPECIMENS / kind / "sound", target)
        if fault is not None:
            shutil.copytree(
                SPECIMENS / kind / "faults" / fault, target, dirs_exist_ok=True
            )
        for path in target.rglob("*.specimen"):  # what no tool may read here
            path.rename(path.with_suffix(""))
        return target

    return lay_out


def needed(name):
    """Return an engine that has a server here, or skip."""
    engine = plugins.engine(name)
    if not engine.releases():
        assert not os.environ.get("CI"), engine.advice()
        pytest.skip(engine.advice())
    return engine


class Stage:
    """A build with one server, on which steppers are opened."""

    def __init__(self, context, server, tool, project):
        self.context = context
        self.server = server
        self.tool = tool
        self.project = project

    @contextlib.contextmanager
    def stepper(self):
        with self.tool.open(self.context, self.project, self.server) as one:
            yield one

    def rows(self, sql):
        """Ask the database over a connection of our own."""
        connection = self.server.connect()
        try:
            cursor = connection.cursor()
            cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()]
        finally:
            connection.close()


@pytest.fixture
def on_stage(state_dir):
    """Return a function that calls another with a Stage, in a build."""

    def call(
        function,
        checkout,
        tool,
        *,
        requirements=(),
        python=None,
        engine="sqlite",
        options=None,
        variables=None,
        network=False,
        orphans=False,
    ):
        kind = needed(engine)
        tool = plugins.tool(tool)()
        extra = () if requirements else (*tool.requirements, *FALLBACKS)
        answer = []

        class Calls(Task):
            def run(self, context):
                found = with_drivers(
                    context,
                    [*requirements],
                    [kind],
                    python=python,
                    extra=extra,
                    checkout=checkout,
                )
                project = Project(
                    checkout,
                    found.python,
                    found.drivers,
                    options or {},
                    variables or {},
                    network,
                )
                with Servers(context) as servers:
                    server = servers.empty(kind)
                    stage = Stage(context, server, tool, project)
                    answer.append(function(stage))
                return model.Result.success()

        told = run_task(Calls, state_dir=state_dir)
        assert told.left == 0 or orphans
        call.log = told.log
        return answer[0]

    return call


@pytest.fixture
def pythons():
    """Return a function that skips where an interpreter is missing."""

    def need(version):
        try:
            find(version)
        except EnvironmentFailed as missing:
            pytest.skip(str(missing))

    return need


class AlembicWalk:
    """Calls a function with a stepper and the stage, in a build."""

    def __init__(self, on_stage, specimen):
        self.on_stage, self.specimen = on_stage, specimen

    def __call__(self, function, fault=None, **how):
        def with_stepper(stage):
            with stage.stepper() as stepper:
                return function(stepper, stage)

        checkout = self.specimen("alembic", fault)
        return self.on_stage(with_stepper, checkout, "alembic", **how)

    @staticmethod
    def climb(stepper, **how):
        """Run all steps up; return how they ran."""
        history = stepper.history().migrations
        return [stepper.step(one, **how) for one in history]

    @staticmethod
    def until_failure(stepper, _stage):
        """Run steps up to the first that fails; return it and how."""
        for one in stepper.history().migrations:
            ran = stepper.step(one)
            if ran.failure is not None:
                return one.revision, ran.failure
        return None


@pytest.fixture
def alembic(on_stage, specimen):
    return AlembicWalk(on_stage, specimen)
