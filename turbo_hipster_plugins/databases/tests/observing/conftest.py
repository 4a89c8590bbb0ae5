"""Real servers for observers, and clients whose steps they watch."""

import contextlib
import json
import os
import subprocess
import sys
import time

import psycopg
import pymysql
import pytest

from turbo_hipster.testing.context import Context
from turbo_hipster.testing.running import build
from turbo_hipster_databases import plugins
from turbo_hipster_databases.servers.fleet import Servers

DEADLINE = 60
FLUSH = "SELECT pg_stat_force_next_flush()"
CLEAN = {
    "mariadb": ["UNLOCK TABLES", "DROP DATABASE turbo",
                "CREATE DATABASE turbo", "USE turbo"],
    "postgresql": ["DROP SCHEMA public CASCADE", "CREATE SCHEMA public"],
    "sqlite": [],
}  # fmt: skip
NUMBERS = {
    "mariadb": "SELECT seq, seq % 10, repeat('x', 20) FROM seq_1_to_{}",
    "postgresql": "SELECT n, n % 10, repeat('x', 20)"
    " FROM generate_series(1, {}) AS n",
    "sqlite": "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s"
    " WHERE n < {}) SELECT n, n % 10, 'xxxxxxxxxxxxxxxxxxxx' FROM s",
}
ELSEWHERE = """
import json, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
for line in sys.stdin:
    try:
        answer = connection.execute(json.loads(line)).fetchall()
    except sqlite3.Error as error:
        answer = str(error)
    print(json.dumps(answer), flush=True)
"""


def until(condition, what):
    """Wait for a condition, never for a time."""
    deadline = time.monotonic() + DEADLINE
    while not (said := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.002)
    return said


@pytest.fixture(name="until", scope="session")
def until_fixture():
    return until


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("observing")
    context = Context(folder, build({}))
    try:
        with Servers(context) as servers:
            yield servers
    finally:
        context.close()


def empty(servers, name):
    engine = plugins.engine(name)
    if not engine.releases():
        assert not os.environ.get("CI"), engine.advice()
        pytest.skip(engine.advice())
    return servers.empty(engine)


@pytest.fixture(scope="session")
def mariadb(servers):
    return empty(servers, "mariadb")


@pytest.fixture(scope="session")
def postgresql(servers):
    return empty(servers, "postgresql")


@pytest.fixture
def sqlite(servers):
    return empty(servers, "sqlite")


@pytest.fixture
def fresh(servers):
    """Return a function that starts a server of the test's own."""
    return lambda name: empty(servers, name)


class Client:
    """A migration's own connection, which the observer watches."""

    def __init__(self, server):
        self.server = server
        self.connection = server.connect()

    def run(self, *statements):
        with contextlib.closing(self.connection.cursor()) as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def close(self):
        with contextlib.suppress(pymysql.err.Error, psycopg.Error):
            self.connection.close()  # its server may have been killed


class Elsewhere:
    """The same in another process, as it is with SQLite."""

    def __init__(self, server):
        self.server = server
        path = server.url().removeprefix("sqlite:///")
        self.process = subprocess.Popen(
            [sys.executable, "-c", ELSEWHERE, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *statements):
        answer = []
        for statement in statements:
            self.process.stdin.write(json.dumps(statement) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
            assert isinstance(answer, list), answer
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait(DEADLINE)
        self.process.stdout.close()


@pytest.fixture
def client_of():
    """Return a function that connects a client to a server."""
    with contextlib.ExitStack() as ends:

        def make(server):
            kind = Elsewhere if server.engine.name == "sqlite" else Client
            client = kind(server)
            ends.callback(client.close)
            return client

        yield make


@pytest.fixture
def observe():
    """Return a function that makes an observer of a server."""
    with contextlib.ExitStack() as ends:

        def make(server):
            observer = server.engine.observer(server)
            ends.callback(observer.close)
            return observer

        yield make


@pytest.fixture(params=["mariadb", "postgresql"])
def server(request):
    """Return an engine's server; its database is empty."""
    server = request.getfixturevalue(request.param)
    client = Client(server)
    client.run(*CLEAN[request.param])
    client.close()
    return server


@pytest.fixture
def client(server, client_of):
    return client_of(server)


@pytest.fixture
def observer(server, observe):
    return observe(server)


def run_step(observer, client, *statements):
    """Measure a step of these statements, committed and shown."""
    observer.begins()
    client.run(*statements)
    if client.server.engine.name == "postgresql":
        client.run(FLUSH)
    return observer.ends()


@pytest.fixture(scope="session")
def measured():
    return run_step


@pytest.fixture
def step(observer, client):
    """Return a function that measures a step of these statements."""
    return lambda *statements: run_step(observer, client, *statements)


@pytest.fixture(scope="session")
def fill():
    """Return a function that makes a table of so many rows."""

    def make(client, rows, table="t"):
        name = client.server.engine.name
        client.run(
            f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, a INTEGER,"
            " b VARCHAR(50))",
            f"INSERT INTO {table} {NUMBERS[name].format(rows)}",
            *([FLUSH] if name == "postgresql" else []),
        )

    return make
