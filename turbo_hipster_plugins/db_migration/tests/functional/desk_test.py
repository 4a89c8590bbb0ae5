"""At a desk: the very build a worker would do, by one command."""

import json
import subprocess
import sys

import pytest

from turbo_hipster.testing import Project
from turbo_hipster_db_migration import demo

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def run(tmp_path_factory, state_dir):
    """Judge the bundled change, as it lies in the folder."""
    folder = tmp_path_factory.mktemp("desk")
    project = Project(folder / "shop")
    demo.write_base(project.path)
    base = project.commit({})
    demo.write_change(project.path)  # and not committed
    section = demo.SECTION.replace("sqlite, postgresql, mariadb", "sqlite")
    (folder / "th.conf").write_text(
        "[DEFAULT]\nenabled_jobs = migrations\n"
        f"state_dir = {state_dir.parents[1]}\n\n{section}"
    )
    done = subprocess.run(
        [sys.executable, "-m", "turbo_hipster", "--config-file", "th.conf",
         "run", "migrations", "--project", "shop", "--base", base,
         "--results", "results"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    return done, folder / "results"


def test_the_change_fails_and_the_reason_comes_first(run):
    done, _results = run

    assert done.returncode == 1, done.stdout + done.stderr
    verdict, reason, *_ = done.stdout.splitlines()
    assert verdict == "FAILURE"
    assert "0006 leaves a trace when it is undone on SQLite" in reason


def test_the_report_has_findings_and_tables(run):
    _done, results = run

    report = json.loads((results / "report.json").read_text())
    assert {one["id"] for one in report["findings"]} == set(demo.FOUND)
    for finding in report["findings"]:
        assert finding["where"]["engine"] == "sqlite"
        assert finding["where"]["revision"] == "0006"
        assert finding["where"]["file"].startswith("migrations/versions/0006")
        assert ".turbo-hipster.toml" in finding["advice"]
    tables = {table["name"]: table["rows"] for table in report["tables"]}
    assert set(tables) == {"servers", "checks", "migrations"}
    assert [row["direction"] for row in tables["migrations"]] == ["up", "down"]
    page = (results / "index.html").read_text()
    assert "+ table coupons" in page


def test_nothing_of_the_build_is_left(run, state_dir):
    assert list((state_dir.parents[1] / "builds").iterdir()) == []
