"""Commands of a task: each has an end of its own."""

import pytest

pytestmark = pytest.mark.functional


def test_what_a_command_leaves_ends_with_it(each):
    # given a task that goes on after a command left daemons behind
    build = each.build("LeavesDaemons")

    # when the command is over
    build.await_live("the command is over")

    # then only the build process is left
    (process,) = each.witnesses.living()
    assert process == min(each.witnesses.seen)
    build.cancel()
    assert build.judgement[0] == "ABORTED"


def test_another_command_is_not_touched(one):
    build = one.build("RunsTwo")
    assert build.judgement == ("SUCCESS", "all is well")
    assert "[output] second\n" in build.log("second.log")
    assert "[output] first\n" in build.log("first.log")


def test_a_command_has_a_time_limit_and_a_tail(one):
    build = one.build("RunsTooLong")
    assert build.judgement == ("SUCCESS", "all is well")
    assert " [timeout]\n" in build.log("shell_output.log")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ('["no-such-command"]', "there is no command 'no-such-command'"),
        ('["/nowhere/x"]', "could not be started"),
        ('["/etc/passwd"]', "Permission denied"),
        ("[]", "there is no word in it"),
    ],
)
def test_what_cannot_be_started_says_why(one, argv, said):
    verdict, sentence = one.judge("RunsWhatIsAsked", params={"ARGV": argv})
    assert verdict == "ERROR"
    assert said in sentence


def test_hundreds_of_commands_at_a_time_are_refused_and_harm_nobody(one):
    build = one.build("RunsHundreds", process_limit=1000)
    assert build.judgement == ("SUCCESS", "all is well")
    assert not build.lost
