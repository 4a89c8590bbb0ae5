"""What a command's end means for the change."""

import pytest

from turbo_hipster.exceptions import CannotJudge
from turbo_hipster.model import Verdict
from turbo_hipster.testing import run_task
from turbo_hipster_shell_script.task import ShellScript
from turbo_hipster_shell_script.verdict import describe


def run(command):
    return run_task(ShellScript, {"command": command})


def failure(command):
    outcome = run(command)
    assert outcome.verdict is Verdict.FAILURE
    return outcome.sentences


def test_exit_status_0_passes_the_change():
    assert run("exit 0").verdict is Verdict.SUCCESS


def test_any_other_status_fails_it_and_is_named():
    assert failure("exit 3") == (
        "Return code from test script was non-zero (3)",
    )


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (-9, "was ended by SIGKILL"),
        (-40, "was ended by signal 40"),
        (126, "non-zero (126): the command is not executable"),
        (127, "non-zero (127): a command was not found"),
        (139, "non-zero (139): ended by SIGSEGV"),
        (255, "non-zero (255)"),
    ],
)
def test_a_status_is_explained(status, words):
    assert describe(status).endswith(words)


def test_a_death_by_signal_is_told_by_name():
    assert "was ended by SIGKILL" in failure("kill -9 $$")[0]


def test_a_death_of_the_last_command_is_told_by_name():
    assert "SIGSEGV" in failure("sh -c 'kill -SEGV $$'; exit $?")[0]


def test_status_75_asks_the_client_to_try_again():
    with pytest.raises(CannotJudge, match="The command could not judge"):
        run("exit 75")


def test_status_75_may_say_why():
    with pytest.raises(CannotJudge, match="^no disk$"):
        run("echo no disk >$TH_RESULT_FILE; exit 75")


def test_the_result_file_has_the_first_word():
    assert failure("printf 'bad\\nmore' >$TH_RESULT_FILE; exit 1") == (
        "bad",
        "Return code from test script was non-zero (1)",
    )


def test_a_line_that_starts_with_success_is_ignored():
    assert failure("echo SUCCESSFUL >$TH_RESULT_FILE; exit 1") == (
        "Return code from test script was non-zero (1)",
    )


def test_the_result_file_does_not_speak_for_a_success():
    assert run("echo bad >$TH_RESULT_FILE").sentences == ()


@pytest.mark.parametrize(
    "leave",
    [
        "ln -s /etc/passwd $TH_RESULT_FILE",
        "mkfifo $TH_RESULT_FILE",
        "mkdir $TH_RESULT_FILE",
        "ln -s $TH_RESULT_FILE $TH_RESULT_FILE",
        ": >$TH_RESULT_FILE",
        "rm -rf $(dirname $TH_RESULT_FILE)",
    ],
)
def test_what_is_no_plain_file_is_not_read(leave):
    assert failure(f"{leave}; exit 2") == (
        "Return code from test script was non-zero (2)",
    )


def test_a_huge_or_binary_line_is_cut_and_made_printable():
    first, _ = failure(
        "yes '\x1b[31mred' | tr -d '\\n' | head -c 9000000 >$TH_RESULT_FILE;"
        "exit 1"
    )
    assert len(first) <= 1000
    assert first.isprintable()
