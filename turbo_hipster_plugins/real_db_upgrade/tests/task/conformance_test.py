"""What every task must do; the suite comes with turbo-hipster."""

import pytest

from turbo_hipster.testing import TaskConformance, run_task

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]


class TestRealDbUpgrade(TaskConformance):
    plugin = "real_db_upgrade"
    options = {
        "datasets_dir": "/nowhere",
        "requirements": "requirements.txt",
        "tool_options": "config:alembic.ini",
    }

    @pytest.fixture(autouse=True)
    def _shop(self, shop):
        # one environment for all the builds of the suite
        shop.dataset()
        shop.step("new", "two", "op.execute('CREATE INDEX i ON orders (id)')")
        self.shop = shop

    def run(self, folder, cancel_at=None):
        return run_task(
            self.task(),
            {**self.options, "datasets_dir": str(self.shop.datasets)},
            project=self.shop.project.path,
            base=self.shop.base,
            state_dir=self.shop.state_dir,
            cancel_at=cancel_at,
        )
