"""The GitHub Action: its steps are run as the runner runs them."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.functional

HERE = Path(__file__).parents[3] / "deploy" / "github"


class Runner:
    """As much of GitHub's runner as the action needs."""

    def __init__(self, desk):
        self.desk = desk
        self.action = yaml.safe_load((HERE / "action.yml").read_text())
        self.files = {}
        for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH"):
            self.files[name] = desk.place / name
            self.files[name].touch()

    def resolve(self, text, inputs):
        """Put inputs in the place of ``${{ inputs.NAME }}``."""

        def value(found):
            known = {f"inputs.{name}": said for name, said in inputs.items()}
            return (known | {"github.ref": "refs/heads/main"})[found[1]]

        return re.sub(r"\$\{\{ (\S+) \}\}", value, str(text))

    def use(self, step, **given):
        """Run one step; return its status, log and outputs."""
        defaults = {
            name: self.resolve(one.get("default", ""), {})
            for name, one in self.action["inputs"].items()
        }
        inputs = defaults | given
        todo = self.action["runs"]["steps"][step]
        environment = {
            name: self.resolve(value, inputs)
            for name, value in todo["env"].items()
        }
        done = self.desk.run(
            ["bash", "-eo", "pipefail", "-c", todo["run"]],
            GITHUB_ACTIONS="true",
            GITHUB_ACTION_PATH=str(HERE),
            GITHUB_REPOSITORY="example/shop",
            GITHUB_SERVER_URL="https://git.example.org",
            GITHUB_REF_NAME="main",
            RUNNER_TEMP=str(self.desk.place),
            **{name: str(path) for name, path in self.files.items()},
            **environment,
        )
        told = self.files["GITHUB_OUTPUT"].read_text().splitlines()
        outputs = dict(line.split("=", 1) for line in told)
        return done.returncode, done.stdout + done.stderr, outputs


@pytest.fixture
def runner(desk):
    return Runner(desk)


def obeyed(log):
    """Return the commands that a runner would obey."""
    found, until = [], None
    for line in log.splitlines():
        if until:
            until = None if line == f"::{until}::" else until
        elif line.startswith("::stop-commands::"):
            until = line.removeprefix("::stop-commands::")
        elif line.lstrip().startswith("::") or "##[" in line:
            found.append(line)
    assert until is None
    return found


def test_a_bad_change_is_shown_where_github_shows_it(runner, desk):
    sarif = desk.place / "found.sarif"
    status, log, outputs = runner.use(
        1, job="bad", **{"config-file": "turbo-hipster.conf"},
        base="origin/main", sarif=str(sarif),
    )  # fmt: skip
    assert status == 1, log
    assert obeyed(log) == [
        "::error file=shop/cart.py,line=12,title=TH-BAD::It is ::error:: bad",
        "::warning title=TH-SO::It is so so",
    ]
    summary = runner.files["GITHUB_STEP_SUMMARY"].read_text()
    assert summary.startswith("<!-- turbo-hipster bad")
    assert "ERROR: it broke" in summary
    assert '"TH-BAD"' in sarif.read_text()
    assert outputs["status"] == "1"
    assert outputs["judged"] == "true"
    assert (desk.tree / outputs["results"] / "index.html").is_file()
    comment = Path(outputs["comment"]).read_text()
    assert comment.splitlines()[0] == summary.splitlines()[0]


def test_what_could_not_be_judged_says_so_to_the_next_steps(runner):
    status, log, outputs = runner.use(
        1, job="unsure", **{"config-file": "turbo-hipster.conf"}
    )
    assert status == 75, log
    assert (outputs["status"], outputs["judged"]) == ("75", "false")
    [told] = obeyed(log)
    assert told.startswith("::error title=turbo-hipster::unsure: ERROR")


def test_parameters_are_data_whatever_they_hold(runner, desk):
    with desk.config.open("a") as file:
        file.write(
            "[job:told]\nplugin = shell_script\n"
            "command = test \"$ONE $TWO\" = '1 = $(x) y;z'\n"
        )
    status, log, _ = runner.use(
        1, job="told", **{"config-file": "turbo-hipster.conf"},
        params="ONE=1 = $(x)\n\nTWO=y;z\n",
    )  # fmt: skip
    assert status == 0, log


def test_results_that_are_there_are_not_written_over(runner, desk):
    (desk.tree / "mine").mkdir()
    status, log, _ = runner.use(
        1, job="good", **{"config-file": "turbo-hipster.conf"}, results="mine"
    )
    assert status == 2
    assert "mine is there already" in log


def test_no_worker_is_not_the_changes_fault(runner):
    status, log, outputs = runner.use(1, job="good", server="127.0.0.1:1")
    assert status == 69, log
    assert outputs["judged"] == "false"


def test_no_script_of_the_action_has_a_value_in_it(runner):
    for step in runner.action["runs"]["steps"]:
        assert "${{" not in step["run"]


STUB = """\
#!/bin/sh
# stands for gh: answers a list with two pages, records what is written
echo "$@" >> "$HOME/calls"
case "$*" in *--paginate*) cat "$HOME/comments" ;; esac
"""


@pytest.fixture
def comment(desk):
    """Run ``comment.sh`` with these comments there; return what it asked."""
    stub = desk.place / "bin" / "gh"
    stub.parent.mkdir()
    stub.write_text(STUB)
    stub.chmod(0o755)
    file = desk.place / "summary.md"
    file.write_text("<!-- turbo-hipster unit example/shop -->\n### bad\n")

    def asked(comments):
        (desk.place / "comments").write_text(comments)
        done = subprocess.run(
            ["bash", HERE / "comment.sh", "7", file],
            env={
                "PATH": f"{stub.parent}:{os.environ['PATH']}",
                "HOME": str(desk.place),
                "GITHUB_REPOSITORY": "example/shop",
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        calls = (desk.place / "calls").read_text().splitlines()
        assert calls[-1].endswith(f"-F body=@{file}")
        return calls[-1].split()[2:5]

    return asked


BOT = '"user": {"login": "github-actions[bot]"}'
MARK = "<!-- turbo-hipster unit example/shop -->\\n### old"


def test_the_comment_of_before_is_replaced(comment):
    assert comment(
        f'[{{"id": 1, "body": "{MARK}", "user": {{"login": "eve"}}}},'
        f'{{"id": 2, "body": "<!-- turbo-hipster unit other -->", {BOT}}}]'
        f'[{{"id": 3, "body": "{MARK}", {BOT}}}]'
    ) == ["--method", "PATCH", "repos/example/shop/issues/comments/3"]


def test_the_first_comment_is_a_new_one(comment):
    assert comment(f'[{{"id": 2, "body": "hello", {BOT}}}]\n[]') == [
        "--method",
        "POST",
        "repos/example/shop/issues/7/comments",
    ]
