"""A section that could only fail is refused before any build."""

import pytest

from turbo_hipster import exceptions
from turbo_hipster.testing import run_task
from turbo_hipster_shell_script.task import ShellScript


def test_the_command_is_required():
    with pytest.raises(exceptions.ConfigurationError, match="command: a val"):
        run_task(ShellScript, {})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"command": " "}, "command is empty"),
        ({"command": "a\0b"}, "NUL byte"),
        ({"command": "true", "watch": "server"}, "'server' is not NAME:PATH"),
        ({"command": "true", "watch": "a b:c"}, "'a b:c' is not NAME:PATH"),
        ({"command": "true", "watch": "a:"}, "'a:' is not NAME:PATH"),
        ({"command": "true", "watch": "a:b, a:c"}, "name 'a' is taken"),
        ({"command": "true", "watch": "output:b"}, "'output' is taken"),
    ],
)
def test_what_cannot_work_is_refused_with_the_next_move(options, words):
    with pytest.raises(exceptions.InvalidJob, match=words):
        run_task(ShellScript, options)


def test_arguments_are_none_or_th():
    with pytest.raises(exceptions.ConfigurationError, match="none, th"):
        run_task(ShellScript, {"command": "true", "arguments": "all"})
