"""What a project is given, in a build's own checkout and at a desk."""

from types import SimpleNamespace

import pytest

from turbo_hipster import model, task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.projects.surrounding import Surrounding
from turbo_hipster_databases.stepping import surroundings

pytestmark = pytest.mark.functional

SILENT = "PYTHONDONTWRITEBYTECODE"


def test_nothing_compiled_is_left_in_a_folder_that_is_not_the_builds(
    tmp_path, monkeypatch
):
    monkeypatch.delenv(SILENT, raising=False)
    told = []

    class Look(task.Task):
        """Look at what the project's processes get."""

        def run(self, context):
            settings = SimpleNamespace(requirements=[], tool_options={})
            tool = plugins.tool("command")()
            made = Surrounding(context, settings, tool, [])
            for checkout in (context.workspace, tmp_path):
                project = made.project(checkout)
                told.append(surroundings.variables(project, "").get(SILENT))
            project = made.project(tmp_path, {"APP": "1"})
            told.append(surroundings.variables(project, "")["APP"])
            return model.Result.success()

    run_task(Look, state_dir=tmp_path / "state" / "plugin")

    assert told == [None, "1", "1"]
