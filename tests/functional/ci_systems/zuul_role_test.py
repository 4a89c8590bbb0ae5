"""The role in a real Ansible, with the zuul_return that Zuul itself has."""

import json
import os
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

ZUUL = Path(__file__).parents[3] / "deploy" / "zuul"
ANSIBLE = Path(sys.executable).parent / "ansible-playbook"


@pytest.fixture
def play(desk, judge):
    """Run the playbook as an executor would; return it and what came."""
    there = judge("zuul")
    jobdir = desk.place / "jobdir"
    (jobdir / "work").mkdir(parents=True)
    results = jobdir / "work" / "results.json"
    results.touch()  # by the executor, before each playbook

    def played(**variables):
        told = desk.place / "vars.json"
        zuul = {
            "branch": "main",
            "ref": "refs/changes/07/7/1",
            "project": {
                "name": "example/shop",
                "canonical_hostname": "git.example.org",
                "src_dir": "src/shop",
            },
        }
        told.write_text(
            json.dumps(
                {
                    "zuul": zuul,
                    "ansible_python_interpreter": sys.executable,
                    "ansible_user_dir": str(desk.place),
                    "turbo_hipster_config_file": str(desk.config),
                    **variables,
                }
            )
        )
        done = desk.run(
            [
                ANSIBLE, ZUUL / "run.yaml", "--inventory", "localhost,",
                "--connection", "local", "--extra-vars", f"@{told}",
            ],
            ANSIBLE_HOME=str(desk.place / "ansible"),
            ANSIBLE_LOCAL_TEMP=str(desk.place / "ansible" / "tmp"),
            ANSIBLE_ACTION_PLUGINS=str(there / "zuul/ansible/base/action"),
            ANSIBLE_LOCALHOST_WARNING="false",
            ANSIBLE_NOCOLOR="true",
            PYTHONPATH=str(there),
            ZUUL_JOBDIR=str(jobdir),
        )  # fmt: skip
        said = done.stdout + done.stderr
        text = results.read_text()
        data = json.loads(text)["data"]["zuul"] if text else {}
        return done.returncode, said, data

    return played


def test_a_good_change_passes_and_its_report_is_linked(play, desk):
    with desk.config.open("a") as file:
        file.write(
            "[job:told]\nplugin = shell_script\n"
            "command = test \"$ONE $TWO\" = '1 = x $HOME y z'\n"
        )
    status, said, data = play(
        turbo_hipster_job="told",
        turbo_hipster_params={"ONE": "1 = x", "TWO": "$HOME y z"},
    )
    assert status == 0, said
    assert "the change is good" in said
    urls = [one["url"] for one in data["artifacts"]]
    assert urls[0] == "turbo-hipster-told/index.html"
    logs = desk.place / "zuul-output" / "logs"
    assert all((logs / url).is_file() for url in urls)
    assert data["file_comments"] == {}
    assert data["warnings"] == []


def test_a_bad_change_fails_with_comments_beside_the_code(play):
    status, said, data = play(turbo_hipster_job="bad")
    assert status == 2, said
    assert "Exit status 1: the change failed" in said
    assert data["file_comments"] == {
        "shop/cart.py": [
            {
                "line": 12,
                "level": "error",
                "message": "TH-BAD: It is ::error:: bad",
            }
        ]
    }
    assert data["warnings"] == ["TH-SO: It is so so"]
    assert "retry" not in data


def test_what_could_not_be_judged_is_asked_to_be_tried_again(play):
    status, said, data = play(turbo_hipster_job="unsure")
    assert status == 2, said
    assert data["retry"] is True
    assert data["warnings"][0].startswith("unsure: ERROR")


def test_no_server_is_a_retry_as_well(play):
    status, said, data = play(
        turbo_hipster_job="good", turbo_hipster_server="127.0.0.1:1"
    )
    assert status == 2, said
    assert "Exit status 69" in said
    assert data == {"retry": True}


def test_a_program_that_is_not_there_is_named(play):
    status, said, _ = play(
        turbo_hipster_job="good",
        turbo_hipster_command=os.devnull + "/turbo-hipster",
    )
    assert status == 2
    assert "/dev/null/turbo-hipster" in said
