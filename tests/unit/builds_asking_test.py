import socket

import pytest

from turbo_hipster.builds.asking import Command
from turbo_hipster.builds.messages import Line

END = {"status": 3, "seconds": 1.5, "timed_out": False, "tail": "so long"}


@pytest.fixture
def lines():
    """Both ends of a command's wire; the keeper has started it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        keeper = Line(theirs)
        keeper.send({"started": 77})
        yield Line(ours), keeper


@pytest.mark.timeout(30)
@pytest.mark.parametrize("timeout", [0, 0.0, 0.01])
def test_who_waits_for_no_time_at_all_gets_an_answer(lines, timeout):
    # given a command that lives
    ours, keeper = lines
    command = Command(ours, {"argv": ["sleep"]})
    assert command.pid == 77

    # then one look at it says so, and the next one too
    assert command.wait(timeout) is None
    assert command.wait(timeout) is None

    # and its end is seen when it comes
    keeper.send(END)
    end = command.wait(timeout)
    assert (end.status, end.tail) == (3, "so long")
    assert command.wait() is end
