"""A server that dies, a connection that is ended, a database left locked."""

import contextlib
import threading

import pymysql
import pytest

from turbo_hipster_databases.exceptions import ServerFailed

pytestmark = pytest.mark.functional

OTHERS = {
    "mariadb": "SELECT concat('KILL ', id) FROM"
    " information_schema.processlist WHERE id <> connection_id()"
    " AND user = 'root'",
    "postgresql": "SELECT 'SELECT pg_terminate_backend(' || pid || ')'"
    " FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'",
}


@pytest.mark.parametrize("name", ["mariadb", "postgresql"])
def test_a_server_that_dies_in_a_step_is_said_to_have_failed(
    fresh, observe, name
):
    server = fresh(name)
    observer = observe(server)
    observer.begins()
    server.stop()

    with pytest.raises(ServerFailed, match=str(server.release)):
        observer.ends()
    with pytest.raises(ServerFailed):
        observer.begins()


def thrown_out(client):
    name = client.server.engine.name
    for (statement,) in client.run(OTHERS[name]):
        with contextlib.suppress(pymysql.err.OperationalError):
            client.run(statement)  # one that is gone by itself


def test_an_observer_that_was_thrown_out_says_so_and_comes_back(
    client, observer, step, fill
):
    fill(client, 10)
    observer.begins()
    thrown_out(client)
    seen = observer.ends()

    assert seen.seconds > 0
    assert seen.errors[0].startswith("not measured: ")
    assert seen.rows_changed is None

    after = step("UPDATE t SET a = a + 1")

    assert after.rows_changed == {"t": 10}


def test_an_observer_that_was_thrown_out_between_steps_notices_nothing(
    client, observer, step, fill
):
    fill(client, 10)
    step("SELECT 1")
    thrown_out(client)

    assert step("UPDATE t SET a = a + 1").rows_changed == {"t": 10}


def test_a_step_that_was_never_begun_is_not_measured(observer):
    assert observer.ends().errors == ("not measured: it was never begun",)


def test_what_is_closed_leaves_no_thread_and_no_connection(
    server, client, observe
):
    before = set(threading.enumerate())
    observer = observe(server)
    observer.begins()
    (thread,) = set(threading.enumerate()) - before
    assert thread.name == f"locks-of-{server.engine.name}"

    observer.close()
    observer.close()

    assert not thread.is_alive()
    assert set(threading.enumerate()) <= before


def test_a_begin_without_an_end_is_forgotten(client, observer, step, fill):
    fill(client, 10)
    observer.begins()
    client.run("UPDATE t SET a = a + 1")

    assert step("UPDATE t SET a = 5 WHERE id = 1").rows_changed == {"t": 1}
