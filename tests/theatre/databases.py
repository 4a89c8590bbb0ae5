"""Databases with a schema, on each engine, for tests of their rows."""

import os

import pytest

from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.servers.fleet import Servers


def installed(name):
    """Return an engine that has a server here, or skip."""
    engine = plugins.engine(name)
    if not engine.releases():
        assert not os.environ.get("CI"), engine.advice()
        pytest.skip(engine.advice())
    return engine


class Database:
    """An empty database with a schema."""

    def __init__(self, name, connection):
        self.name, self.connection = name, connection

    def ask(self, query):
        """Return the rows of an answer."""
        cursor = self.connection.cursor()
        cursor.execute(query)
        found = [tuple(row) for row in cursor.fetchall()]
        cursor.close()
        return found

    def one(self, query):
        """Return the one value of an answer."""
        ((value,),) = self.ask(query)
        return value

    def run(self, *statements):
        """Execute statements."""
        for statement in statements:
            cursor = self.connection.cursor()
            cursor.execute(statement)
            cursor.close()


@pytest.fixture(scope="session", name="kept")
def kept_fixture(tmp_path_factory):
    """What outlives a build: the prepared empty servers."""
    return tmp_path_factory.mktemp("state") / "plugins" / "test"


@pytest.fixture(name="on")
def on_fixture(kept):
    """Call a function with an empty database that has a schema."""

    def on(engine_name, schema, function):
        engine = installed(engine_name)
        answer = []

        class Calls(Task):
            def run(self, context):
                with Servers(context) as servers:
                    server = servers.empty(engine)
                    connection = server.connect()
                    try:
                        database = Database(engine_name, connection)
                        database.run(*schema)
                        answer.append(function(database))
                    finally:
                        connection.close()
                return model.Result.success()

        assert run_task(Calls, state_dir=kept).left == 0
        return answer[0]

    return on
