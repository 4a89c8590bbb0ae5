"""What a script finds when it runs; scripts of 2013 rely on it."""

import os

import pytest

from turbo_hipster.model import Verdict
from turbo_hipster.testing import Project, run_task
from turbo_hipster_shell_script.task import ShellScript

PARAMS = {
    "ZUUL_UUID": "0b5c",
    "ZUUL_PROJECT": "openstack/nova",
    "SITE_WORD": "grüße; $HOME",
}


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path / "nova")
    project.commit({"hello.txt": "hello\n", "with space/x": ""})
    return project


def run(command, project=None, params=PARAMS, **options):
    return run_task(
        ShellScript,
        {"command": command, **options},
        params,
        project=project and project.path,
    )


def seen(outcome):
    """What the script wrote, line by line."""
    return [
        line.removeprefix("[output] ") for line in outcome.log.splitlines()
    ]


def test_it_runs_in_the_checkout(project):
    outcome = run("cat hello.txt", project)
    assert outcome.verdict is Verdict.SUCCESS
    assert seen(outcome) == ["hello"]


def test_without_a_checkout_it_runs_in_the_builds_own_folder():
    outcome = run('[ "$PWD" = "$TH_JOB_WORKING_DIR" ] && ls -a')
    assert outcome.verdict is Verdict.SUCCESS
    assert seen(outcome) == [".", ".."]


def test_the_branch_named_working_is_checked_out(project):
    assert seen(run("git rev-parse --abbrev-ref HEAD", project)) == ["working"]


def test_a_shell_reads_the_command():
    assert seen(run("for i in 1 2; do echo $i | sed s/1/one/; done")) == [
        "one",
        "2",
    ]


def test_a_dollar_in_the_command_reaches_the_shell():
    home, *_ = seen(run("echo $HOME"))
    assert home != os.environ["HOME"]
    assert home.endswith("/home")


def test_every_parameter_is_in_the_environment_unaltered():
    outcome = run('printf "%s\\n" "$SITE_WORD" "$ZUUL_PROJECT"')
    assert seen(outcome) == ["grüße; $HOME", "openstack/nova"]


def test_a_parameter_cannot_replace_our_words():
    outcome = run("echo $TH_JOB_NAME", params={"TH_JOB_NAME": "evil"})
    assert seen(outcome) == ["test"]


def test_a_parameter_of_one_build_is_not_seen_by_the_next():
    run("true", params={"ONCE": "1"})
    assert seen(run("echo ${ONCE-unset}")) == ["unset"]


def test_the_folders_exist_and_are_the_builds_own(project):
    outcome = run(
        'ls -d "$TH_GIT_PATH/hello.txt" "$TH_JOB_WORKING_DIR"'
        ' "$TH_RESULTS_DIR" "$HOME" "$TMPDIR" | wc -l',
        project,
    )
    assert seen(outcome) == ["5"]


def test_the_number_of_processors_is_told():
    assert seen(run("echo $CI_PARALLEL_JOBS")) == [
        str(len(os.sched_getaffinity(0)))
    ]


def test_what_lands_in_the_results_folder_is_published():
    outcome = run('mkdir "$TH_RESULTS_DIR/sub"; echo 1 >$TH_RESULTS_DIR/sub/a')
    assert outcome.files == {"sub/a": b"1\n"}


def test_no_arguments_are_appended_by_default(project):
    assert seen(run("set -- ; echo $#", project)) == ["0"]


def test_the_three_arguments_of_old_are_appended_on_demand(project):
    script = 'printf "%s\\n" "$3" "$1" "$2"'
    project.commit({"script": script})
    outcome = run("sh ./script", project, arguments="th")
    unique, git_path, working_dir = seen(outcome)
    assert unique == "0b5c"
    assert git_path.endswith("/git/openstack/nova")
    assert working_dir.endswith("/work")


def test_arguments_are_quoted(project):
    outcome = run(
        'printf "%s\\n"',
        project,
        {"ZUUL_PROJECT": "with space; echo no"},
        arguments="th",
    )
    assert len(seen(outcome)) == 3


def test_watched_files_are_shown_with_their_name(project):
    outcome = run(
        "mkdir logs; echo one >logs/server; echo two >>other; echo out",
        project,
        watch="server:logs/server, rest:other",
    )
    assert sorted(outcome.log.splitlines()) == [
        "[output] out",
        "[rest] two",
        "[server] one",
    ]


def test_it_takes_one_step():
    outcome = run("true")
    assert [step.name for step in outcome.steps] == ["run the command"]
    assert outcome.planned == ("run the command",)


def test_processes_that_outlive_the_command_are_ended():
    assert run("sleep 60 >/dev/null 2>&1 & exit 0").left == 1
