"""A server is let finish with what was killed before anybody looks."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from turbo_hipster import model, task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.servers import sessions
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_db_migration.ending import Over

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

DEADLINE = 60.0
ENGINES = ("postgresql", "mariadb")
CLIENT = {
    "postgresql": """
import sys, psycopg
connection = psycopg.connect(sys.argv[1], autocommit=True)
connection.execute("CREATE TABLE t AS SELECT 1 AS i FROM pg_sleep(2)")
""",
    "mariadb": """
import sys, pymysql
connection = pymysql.connect(
    unix_socket=sys.argv[1], user="root", database="turbo")
connection.cursor().execute("CREATE TABLE t AS SELECT SLEEP(2) AS i")
""",
}
SEES_IT = {
    "postgresql": "SELECT COUNT(*) FROM pg_stat_activity "
    "WHERE state = 'active' AND query LIKE 'CREATE TABLE t %'",
    "mariadb": "SELECT COUNT(*) FROM information_schema.processlist "
    "WHERE info LIKE 'CREATE TABLE t %'",
}


@pytest.fixture
def on_server(state_dir):
    """Call a function with a server of that engine."""

    def on_server(name, function):
        class Works(task.Task):
            """Work."""

            def run(self, context):
                with Servers(context) as servers:
                    function(servers.empty(plugins.engine(name)))
                return model.Result.success()

        run_task(Works, state_dir=state_dir)

    return on_server


def asked(server, query):
    connection = server.connect()
    try:
        cursor = connection.cursor()
        cursor.execute(query)
        return cursor.fetchone()[0]
    finally:
        connection.close()


def address(server):
    if server.engine.name == "mariadb":
        return server.url().partition("unix_socket=")[2].partition("&")[0]
    return server.url().replace("postgresql+psycopg:", "postgresql:")


@pytest.mark.parametrize("name", ENGINES)
def test_a_statement_whose_client_was_killed_is_waited_for(name, on_server):
    def work(server):
        client = subprocess.Popen(
            [sys.executable, "-c", CLIENT[name], address(server)]
        )
        try:
            deadline = time.monotonic() + DEADLINE
            while not asked(server, SEES_IT[name]):
                assert client.poll() is None
                assert time.monotonic() < deadline
        finally:
            os.kill(client.pid, signal.SIGKILL)
            client.wait()
        assert asked(server, SEES_IT[name])  # nobody told the server

        assert sessions.alone(server, DEADLINE, Over())

        assert not asked(server, SEES_IT[name])

    on_server(name, work)


@pytest.mark.parametrize("name", ENGINES)
def test_one_that_stays_is_not_waited_for_without_end(name, on_server):
    def work(server):
        other = server.connect()
        try:
            assert not sessions.alone(server, 0.1, Over())
            over = Over()
            threading.Thread(target=over.set).start()
            assert not sessions.alone(server, 100000, over)
        finally:
            other.close()
        assert sessions.alone(server, DEADLINE, Over())

    on_server(name, work)


def test_an_engine_without_a_server_has_no_sessions(on_server):
    def work(server):
        other = server.connect()
        assert sessions.alone(server, 0, Over())
        other.close()

    on_server("sqlite", work)


COMMANDS = """
import os
import sys

import psycopg

verb, revision = sys.argv[1], sys.argv[-1]
url = os.environ["DATABASE_URL"].replace("postgresql+psycopg:", "postgresql:")
with psycopg.connect(url, autocommit=True) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS at_revision (name text)")
    if verb == "version":
        found = connection.execute("SELECT name FROM at_revision").fetchall()
        print(*(name for name, in found[-1:]))
    else:
        # the server has all of it, and does it whoever waits for the end
        connection.execute(f'''
            CREATE TABLE t_{revision} (i int);
            SELECT pg_sleep(4);
            INSERT INTO at_revision VALUES ('{revision}');
        ''')
"""


def test_a_step_that_the_server_brings_to_its_end_is_sound(change, ids):
    outcome = change.judge(
        files={"db.py": COMMANDS, "revisions": "one"},
        engines="postgresql",
        tool="command",
        tool_options="list:cat revisions, version:python db.py version, "
        "up:python db.py up {revision}",
        checks="halfway",
    )

    assert ids(outcome) == []
    (row,) = outcome.tables["checks"].rows
    assert row["killed half-way (TH-M301)"] in ("ok", "ok, in part")
