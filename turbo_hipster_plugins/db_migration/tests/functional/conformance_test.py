"""What every task must do; the suite comes with turbo-hipster."""

import pytest

from turbo_hipster.testing import Project, TaskConformance, run_task

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]


class TestDbMigration(TaskConformance):
    plugin = "db_migration"
    options = {"engines": "sqlite", "requirements": "requirements.txt"}

    @pytest.fixture(autouse=True)
    def _project(self, state_dir, project_files, sound_step):
        # one environment for all the builds of the suite
        self.state_dir = state_dir
        self.files = project_files
        self.second = sound_step

    def make_project(self, folder):
        project = Project(folder)
        base = project.commit(self.files)
        project.commit(dict([self.second]))
        return project.path, base

    def run(self, folder, cancel_at=None):
        project, base = self.make_project(folder / "project")
        return run_task(
            self.task(),
            self.options,
            project=project,
            base=base,
            state_dir=self.state_dir,
            cancel_at=cancel_at,
        )
