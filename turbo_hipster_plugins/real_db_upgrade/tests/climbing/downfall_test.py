"""Who is to blame when a server ends in the midst of a step."""

from types import SimpleNamespace

import pytest

from turbo_hipster.exceptions import CannotJudge
from turbo_hipster_databases.model import Direction, Failure, Migration, Ran
from turbo_hipster_real_db_upgrade.climbing import downfall

LOST = Failure("Lost connection to server", "sql", code="2013")


def ran(failure=LOST):
    return Ran(Migration("b", ("a",)), Direction.UP, 1.0, (), failure)


def server(log, alive=False):
    return SimpleNamespace(alive=lambda: alive, log_tail=lambda: log)


@pytest.mark.parametrize(
    "log, alive",
    [
        ("[Note] ready for connections.", False),
        ("server process (PID 7) was terminated by signal 9: Killed", True),
    ],
)
def test_a_server_that_somebody_killed_says_nothing_of_a_step(log, alive):
    with pytest.raises(CannotJudge, match="a->b, and not by it"):
        downfall.is_lost("case", server(log, alive), ran())


@pytest.mark.parametrize(
    "log",
    [
        "[ERROR] /usr/sbin/mariadbd got signal 11 ;",
        "server process (PID 7) was terminated by signal 6: Aborted",
        "/usr/sbin/mariadbd (initiated by: root): Normal shutdown",
        "LOG:  received fast shutdown request",
    ],
)
def test_a_step_that_took_its_server_down_is_at_fault(log):
    assert downfall.is_lost("case", server(log), ran()) is True


@pytest.mark.parametrize(
    "failure", [None, Failure("no such table", "sql", code="1146")]
)
def test_what_lost_no_connection_is_no_downfall(failure):
    assert downfall.is_lost("case", server(""), ran(failure)) is False


def test_a_server_that_lives_on_is_not_lost(monkeypatch):
    monkeypatch.setattr(downfall, "SETTLING", 0.0)
    assert downfall.is_lost("case", server("", alive=True), ran()) is False
