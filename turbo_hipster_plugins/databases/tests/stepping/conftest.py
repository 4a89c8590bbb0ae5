"""Projects without a tool, and builds that start their interpreters."""

import sys
from pathlib import Path

import pytest

from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases.migration_tool import Project


@pytest.fixture
def project(tmp_path):
    """Return a function that makes a project with our own interpreter."""
    folder = tmp_path / "checkout"
    folder.mkdir()

    def make(python=sys.executable, **more):
        return Project(folder, Path(python), **more)

    return make


@pytest.fixture
def in_build(tmp_path):
    """Return a function that calls another with a build's context."""

    def call(function):
        answer = []

        class Calls(Task):
            def run(self, context):
                answer.append(function(context))
                return model.Result.success()

        told = run_task(Calls, state_dir=tmp_path / "state" / "plugin")
        assert told.left == 0
        call.log = told.log
        return answer[0]

    return call
