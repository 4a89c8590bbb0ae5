"""Empty databases on private servers, and schemas written by hand."""

import itertools
import os
import queue
import sqlite3
import threading

import psycopg
import pytest

from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.schema import mariadb, postgresql, sqlite
from turbo_hipster_databases.schema.model import Schema, Thing
from turbo_hipster_databases.servers.fleet import Servers

READERS = {"sqlite": sqlite, "mariadb": mariadb, "postgresql": postgresql}
DEADLINE = 120
SERVED = ["mariadb", "postgresql"]


def installed(name):
    """Return an engine that has a server here, or skip."""
    engine = plugins.engine(name)
    if not engine.releases():
        assert not os.environ.get("CI"), engine.advice()
        pytest.skip(engine.advice())
    return engine


class Build:
    """One build in a thread, whose servers serve the tests of a module."""

    def __init__(self, state_dir):
        self._told, self._over = queue.Queue(), threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(state_dir,), name="build"
        )
        self._thread.start()
        self._servers = self._told.get(timeout=DEADLINE)
        if isinstance(self._servers, BaseException):
            self._thread.join(DEADLINE)
            raise self._servers
        self._open = {}

    def server(self, name, age=0):
        engine = installed(name)
        release = engine.releases()[age]
        if release not in self._open:
            self._open[release] = self._servers.empty(engine, release)
        return self._open[release]

    def end(self):
        self._over.set()
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive()

    def _run(self, state_dir):
        build = self

        class Waits(Task):
            def run(self, context):
                with Servers(context) as servers:
                    build._told.put(servers)
                    build._over.wait()
                return model.Result.success()

        try:
            run_task(Waits, state_dir=state_dir)
        except Exception as error:
            self._told.put(error)


@pytest.fixture(scope="session")
def state_dir(tmp_path_factory):
    """Where the prepared data of all tests lie."""
    return tmp_path_factory.mktemp("state") / "plugin"


@pytest.fixture(scope="module")
def build(state_dir):
    build = Build(state_dir)
    yield build
    build.end()


class Database:
    """An empty database, and the reader of its engine."""

    def __init__(self, name, connection):
        self.engine, self.connection = name, connection
        self._reader = READERS[name]

    def run(self, sql):
        """Run statements that end in a semicolon at the end of a line."""
        for statement in sql.split(";\n"):
            if statement.strip():
                cursor = self.connection.cursor()
                cursor.execute(statement)
                cursor.close()
        return self

    def read(self):
        return self._reader.read(self.connection)

    def fingerprint(self):
        return self._reader.fingerprint(self.connection)


_NUMBERS = itertools.count()


@pytest.fixture
def database(request):
    """Return a function that makes an empty database of an engine.

    ``age`` picks from the installed releases: 0 the newest, -1 the oldest.
    """
    opened = []

    def make(name, age=0):
        connection = _new(name, age, request)
        opened.append(connection)
        return Database(name, connection)

    yield make
    for connection in opened:
        connection.close()


def _new(name, age, request):
    if name == "sqlite":
        return sqlite3.connect(":memory:")
    server = request.getfixturevalue("build").server(name, age)
    fresh = f"test_{next(_NUMBERS)}"
    connection = server.connect()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {fresh}")
    if name == "mariadb":
        connection.select_db(fresh)
        return connection
    parameters = connection.info.get_parameters()
    connection.close()
    return psycopg.connect(**{**parameters, "dbname": fresh}, autocommit=True)


@pytest.fixture
def written():
    """Return a function that writes a schema by hand.

    Things are facts by their path, whose words stand between dots.
    """

    def write(engine, things):
        return Schema(
            engine,
            {
                tuple(path.split(".")): Thing(tuple(path.split(".")), facts)
                for path, facts in things.items()
            },
        )

    return write
