"""A server with a filled table, and clients at work on it."""

import contextlib
import threading
import time

import pytest

from turbo_hipster import model, task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_real_db_upgrade.probing.probes import Probes

ROWS = 500
FILL = (
    "CREATE TABLE books (id INTEGER PRIMARY KEY, title VARCHAR(50))",
    "CREATE TABLE shelves (id INTEGER PRIMARY KEY, name VARCHAR(50))",
    "INSERT INTO shelves VALUES (1, 'a'), (2, 'b')",
    "INSERT INTO books VALUES "
    + ", ".join(f"({number}, 'book')" for number in range(1, ROWS + 1)),
)


class Stage:
    """What a test works with."""

    def __init__(self, server, probes, ends):
        self.server, self.probes, self._ends = server, probes, ends

    def connect(self):
        """Return a cursor of a new connection; closed in the end."""
        connection = self.server.connect()
        self._ends.callback(connection.close)
        return connection.cursor()

    def during(self, act, tables=("books",)):
        """Return what clients felt while ``act`` ran."""
        self.probes.prepare(tables)
        self.probes.begins()
        act()
        return self.probes.ends()


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """What outlives a build: the prepared empty servers."""
    return tmp_path_factory.mktemp("state") / "plugins" / "test"


@pytest.fixture
def on(kept):
    """Run a test's body in a build, on one engine."""

    def on(engine, body, workload=()):
        class Probing(task.Task):
            def run(self, context):
                with contextlib.ExitStack() as ends:
                    servers = ends.enter_context(Servers(context))
                    server = servers.empty(plugins.engine(engine))
                    connection = server.connect()
                    cursor = connection.cursor()
                    for statement in FILL:
                        cursor.execute(statement)
                    connection.close()
                    probes = ends.enter_context(
                        Probes(context, server, workload)
                    )
                    body(Stage(server, probes, ends))
                return model.Result.success()

        outcome = run_task(Probing, state_dir=kept)
        assert outcome.left == 0
        return outcome

    return on


@pytest.fixture
def until():
    """Wait for a condition."""

    def until(condition, what):
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(0.005)

    return until


@pytest.fixture(autouse=True)
def no_threads_left():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before
