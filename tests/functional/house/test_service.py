"""The service as an operator starts it, with a client that is not ours."""

import os

import pytest

from benchmarks import client, ours, servers

pytestmark = pytest.mark.functional


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    try:
        servers.find_program("gearmand")
    except servers.NoServer as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    with ours.worker(tmp_path_factory.mktemp("service")) as worker:
        yield worker


@pytest.fixture
def connection(worker):
    with client.Client(worker.port) as connection:
        yield connection


def stop(worker, facts):
    argument = {"name": "silent", "number": facts["number"]}
    with client.Client(worker.port) as connection:
        return connection.run(f"stop:{facts['manager']}", argument)


@pytest.mark.parametrize("attempt", range(5))
def test_a_stop_that_follows_the_first_packet_at_once_ends_the_build(
    worker, connection, attempt
):
    connection.submit("build:silent", worker.argument())
    facts = connection.first_data()

    assert stop(worker, facts) == client.WORK_COMPLETE
    # the script sleeps for 20 s: its own end would be WORK_COMPLETE
    assert connection.until(*client.TERMINAL)[0] == client.WORK_FAIL


def test_the_answer_comes_when_the_report_can_be_read(worker, connection):
    argument = worker.argument()

    assert connection.run("build:pass", argument) == client.WORK_COMPLETE
    assert worker.report(argument).exists()


def test_a_stop_for_a_build_that_is_over_is_refused(worker, connection):
    connection.submit("build:pass", worker.argument())
    facts = connection.first_data()
    connection.until(*client.TERMINAL)

    assert stop(worker, facts) == client.WORK_FAIL
