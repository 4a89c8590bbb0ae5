"""A server's settings are those for data that are thrown away."""

import os

import pytest

from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.servers.fleet import Servers

pytestmark = pytest.mark.functional

MEMORY = 48 * 2**20


@pytest.fixture(scope="module", params=["mariadb", "postgresql"])
def answers(request, tmp_path_factory):
    """Return an engine's name and the answers to what the tests ask."""
    engine = plugins.engine(request.param)
    if not engine.releases():
        assert not os.environ.get("CI"), engine.advice()
        pytest.skip(engine.advice())
    told = {}

    class Asks(Task):
        def run(self, context):
            with Servers(context, memory=MEMORY) as servers:
                server = servers.empty(engine)
                connection = server.connect()
                cursor = connection.cursor()
                for query in QUERIES[engine.name]:
                    cursor.execute(query)
                    told[query] = [tuple(row) for row in cursor.fetchall()]
                connection.close()
            return model.Result.success()

    run_task(Asks, state_dir=tmp_path_factory.mktemp("state") / "plugin")
    return engine.name, told


QUERIES = {
    "mariadb": (
        "SHOW GLOBAL VARIABLES",
        "SELECT name, enabled FROM performance_schema.setup_consumers",
        "SELECT name, enabled FROM performance_schema.setup_instruments",
        "SHOW GRANTS",
        "SHOW DATABASES",
        "SELECT default_character_set_name FROM information_schema.schemata"
        " WHERE schema_name = 'turbo'",
        "SELECT @@character_set_connection",
        "SELECT user, host FROM mysql.global_priv WHERE user = ''",
    ),
    "postgresql": (
        "SELECT name, setting FROM pg_settings",
        "SELECT current_user, rolsuper::text FROM pg_roles"
        " WHERE rolname = current_user",
        "SELECT datname, pg_encoding_to_char(encoding), datcollate"
        " FROM pg_database WHERE datname = current_database()",
    ),
}
PROMISED = {
    "mariadb": {
        "innodb_flush_log_at_trx_commit": "0",
        "innodb_doublewrite": "OFF",
        "log_bin": "OFF",
        "skip_networking": "ON",
        "performance_schema": "ON",
        "character_set_server": "utf8mb4",
        "innodb_buffer_pool_size": str(MEMORY),
        "time_zone": "SYSTEM",
        "system_time_zone": "UTC",
    },
    "postgresql": {
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "wal_level": "replica",
        "autovacuum": "off",
        "listen_addresses": "",
        "shared_buffers": str(MEMORY // 8192),
        "TimeZone": "UTC",
        "jit": "on",
        "track_counts": "on",
    },
}


def test_nothing_is_synced_and_nothing_is_open(answers):
    name, told = answers
    settings = dict(told[QUERIES[name][0]])

    assert PROMISED[name].items() <= settings.items()


def test_statements_and_locks_are_watched(answers):
    name, told = answers
    if name == "postgresql":
        settings = dict(told[QUERIES[name][0]])
        assert settings["shared_preload_libraries"] == "pg_stat_statements"
        return
    consumers = dict(told[QUERIES[name][1]])
    instruments = dict(told[QUERIES[name][2]])
    for which in ("current", "history", "history_long"):
        assert consumers[f"events_statements_{which}"] == "YES"
    assert instruments["wait/lock/metadata/sql/mdl"] == "YES"


def test_the_database_is_empty_and_its_user_may_do_all(answers):
    name, told = answers
    if name == "postgresql":
        assert told[QUERIES[name][1]] == [("turbo", "true")]
        assert told[QUERIES[name][2]] == [("turbo", "UTF8", "C.UTF-8")]
        return
    grants, databases, character_set, connection, anonymous = (
        told[query] for query in QUERIES[name][3:]
    )
    assert any("ALL PRIVILEGES ON *.*" in grant for (grant,) in grants)
    assert {"turbo"} == {base for (base,) in databases} - {
        "information_schema",
        "mysql",
        "performance_schema",
        "sys",
    }
    assert character_set == [("utf8mb4",)]
    assert connection == [("utf8mb4",)]
    assert not anonymous
