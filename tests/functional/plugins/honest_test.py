"""What run_task says of a task is what a real build says of it."""

import json
import os
import re
import subprocess
import sys

import pytest

from turbo_hipster import model
from turbo_hipster.testing import Project, run_task
from turbo_hipster_shell_script.task import ShellScript

pytestmark = pytest.mark.functional

SAID = {
    "sentences": ["Two of three"],
    "findings": [
        {"id": "TH-A", "message": "a is bad", "where": {"file": "a"}},
        {"id": "TH-B", "message": "b is odd", "severity": "note"},
        {"id": "TH-OFF", "message": "c is off"},
        {"id": "TH-WARN", "message": "d is so so"},
    ],
    "tables": [{"name": "t", "rows": [{"x": 1, "y": None}], "title": "T"}],
    "not_checked": [{"what": "e", "why": "no time"}],
}
RULES = {"warn": ["TH-WARN"], "off": ["TH-OFF"]}
SCRIPT = """
cat a
printf 'no newline'
pwd | sed 's,.*/,,' >$TH_RESULTS_DIR/where
cp said.json $TH_RESULT_JSON
exit $(cat status)
"""


@pytest.fixture
def build(tmp_path):
    """Do a real build at the desk; return its report and its folder."""

    def run(project, **options):
        text = "".join(f"{key} = {value}\n" for key, value in options.items())
        rules = "".join(f"{key} = {', '.join(RULES[key])}\n" for key in RULES)
        (tmp_path / "th.conf").write_text(
            f"[DEFAULT]\nenabled_jobs = test\nstate_dir = {tmp_path}/state\n"
            f"[job:test]\nplugin = shell_script\n{text}{rules}"
        )
        subprocess.run(
            [sys.executable, "-m", "turbo_hipster", "run", "test"]
            + ["--config-file", tmp_path / "th.conf", "--base", "HEAD~1"]
            + ["--project", project, "--results", tmp_path / "out"],
            check=False,
            timeout=100,
            cwd=tmp_path,
            env=os.environ,
        )
        out = tmp_path / "out"
        return json.loads((out / "report.json").read_text()), out

    return run


@pytest.mark.parametrize("status", [0, 1])
def test_a_build_and_a_test_agree(build, tmp_path, status):
    project = Project(tmp_path / "project")
    project.commit({"a": "before\n"})
    project.commit(
        {
            "a": "one\ntwo\n",
            "script": SCRIPT,
            "said.json": json.dumps(SAID),
            "status": str(status),
        }
    )
    options = {"command": "sh ./script", "arguments": "th"}

    report, out = build(project.path, **options)
    outcome = run_task(
        ShellScript, options, project=project.path, base="HEAD~1", **RULES
    )

    assert report["verdict"] == outcome.verdict.value == "FAILURE"
    assert report["sentences"] == list(outcome.sentences)
    assert report["findings"] == model.plain(outcome.findings)
    assert report["tables"] == model.plain(list(outcome.tables.values()))
    assert report["not_checked"] == model.plain(outcome.not_checked)
    assert [
        (step["name"], step["verdict"])
        for step in report["steps"]
        if step["name"] != "checkout"
    ] == [(step.name, step.verdict.value) for step in outcome.steps]
    stamped = (out / "shell_output.log").read_text().splitlines()
    assert [
        re.sub(r"^\S+ \S+ ", "", line)
        for line in stamped
        if "[output]" in line
    ] == outcome.log.splitlines()
    files = {path.name for path in (out / "files").iterdir()}
    assert files == set(outcome.files)
