"""The bundled project shows what it promises."""

import pytest

from turbo_hipster.testing import Project, run_task
from turbo_hipster_db_migration import demo
from turbo_hipster_db_migration.task import DbMigration

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]


def test_the_fault_of_the_change_is_found(tmp_path, state_dir):
    project = Project(tmp_path / "shop")
    demo.write_base(project.path)
    base = project.commit({})
    demo.write_change(project.path)
    project.commit({}, demo.SUBJECT)

    outcome = run_task(
        DbMigration,
        {"engines": "sqlite", "requirements": "requirements.txt"},
        project=project.path,
        base=base,
        state_dir=state_dir,
    )

    assert {one.id for one in outcome.findings} == set(demo.FOUND)
    assert "table coupons is left over" in outcome.sentences[0]
    (row,) = outcome.tables["checks"].rows
    assert row["models agree (TH-M104)"] == "ok"
