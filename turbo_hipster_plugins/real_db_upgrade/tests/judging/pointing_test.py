"""Of several findings the worst is known, whatever was found first."""

import pytest

from turbo_hipster import model, task
from turbo_hipster.testing import run_task
from turbo_hipster_databases.model import Migration
from turbo_hipster_real_db_upgrade.judging.pointing import Findings, file_of


@pytest.fixture
def worst():
    """Point at things in a build; return what is the worst of them."""

    def worst(*found, **options):
        said = []

        class Pointing(task.Task):
            def run(self, context):
                findings = Findings(context)
                for what, more in found:
                    says = f"{what} {more.get('measured', '')}".strip()
                    findings.point(what, says, **more)
                said.append(findings.worst)
                return model.Result.success()

        run_task(Pointing, options)
        return said[0]

    return worst


def test_what_loses_data_is_worse_than_what_is_slow(worst):
    slow = {"measured": 70.0, "limit": 60.0}
    assert worst(("TH-R101", slow), ("TH-R201", {})) == "TH-R201"


def test_what_blocks_is_worse_than_what_takes_long(worst):
    slow = {"measured": 600.0, "limit": 60.0}
    blocks = {"measured": 6.0, "limit": 5.0}
    assert worst(("TH-R101", slow), ("TH-R102", blocks)) == "TH-R102 6.0"


def test_of_two_alike_the_further_over_its_limit_is_worse(worst):
    near = {"measured": 61.0, "limit": 60.0}
    far = {"measured": 9.0, "limit": 1.0}
    assert worst(("TH-R101", near), ("TH-R101", far)) == "TH-R101 9.0"


def test_what_does_not_fail_the_build_is_never_the_worst(worst):
    note = {"severity": model.Severity.NOTE}
    assert worst(("TH-R201", note)) == ""
    assert worst(("TH-R201", note), ("TH-R401", {})) == "TH-R401"


def test_a_migration_is_found_by_its_first_file():
    files = {"versions/a.py": "1", "versions/a.sql": "2"}
    assert file_of(Migration("a", files=files)) == {"file": "versions/a.py"}
    assert file_of(Migration("a")) == {}
