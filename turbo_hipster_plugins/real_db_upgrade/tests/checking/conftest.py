"""Later passes one by one, and servers on which their parts are tried."""

import contextlib

import pytest

from turbo_hipster import model, task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.servers.fleet import Servers


@pytest.fixture
def on(state_dir):
    """Run a test's body in a build; it is given what starts a server.

    Each call of that returns an empty server of an engine.
    """

    def on(engine, body):
        class Trying(task.Task):
            def run(self, context):
                with (
                    Servers(context) as servers,
                    contextlib.ExitStack() as ends,
                ):

                    def server():
                        made = servers.empty(plugins.engine(engine))
                        ends.callback(made.stop)
                        return made

                    body(server)
                return model.Result.success()

        outcome = run_task(Trying, state_dir=state_dir)
        assert outcome.left == 0

    return on


@pytest.fixture
def execute():
    """Execute statements on a server, each on its own."""

    def execute(server, *statements):
        with contextlib.closing(server.connect()) as connection:
            for statement in statements:
                with contextlib.closing(connection.cursor()) as cursor:
                    cursor.execute(statement)

    return execute
