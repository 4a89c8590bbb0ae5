"""What every task must do; the suite comes with turbo-hipster."""

import pytest

from turbo_hipster.testing import Project, TaskConformance

pytestmark = pytest.mark.functional


@pytest.fixture(autouse=True)
def one_environment(request, state_dir, monkeypatch):
    """Let all its builds find the environment of the first."""
    from turbo_hipster.testing import conformance

    def run_task(*given, **named):
        return conformance_run(*given, state_dir=state_dir, **named)

    conformance_run = conformance.run_task
    monkeypatch.setattr(conformance, "run_task", run_task)


class TestDbMigration(TaskConformance):
    plugin = "db_migration"
    options = {"engines": "sqlite", "requirements": "requirements.txt"}

    def make_project(self, folder):
        from importlib import resources  # noqa: F401

        project = Project(folder)
        base = project.commit(self.files)
        project.commit(dict([self.second]))
        return project.path, base

    @pytest.fixture(autouse=True)
    def _project(self, step, project_files):
        type(self).files = project_files
        type(self).second = step(
            "two",
            "one",
            'op.execute("CREATE TABLE IF NOT EXISTS pets (id INTEGER)")',
            'op.execute("DROP TABLE IF EXISTS pets")',
        )
