"""A private server from its start to its end."""

import contextlib
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy

from turbo_hipster_databases import plugins
from turbo_hipster_databases.engines.sqlite import SQLite
from turbo_hipster_databases.exceptions import ServerFailed
from turbo_hipster_databases.servers.room import LONGEST
from turbo_hipster_databases.snapshots import Manifest

pytestmark = pytest.mark.functional

TABLES = (
    "SELECT count(*) FROM information_schema.tables WHERE table_schema"
    " NOT IN ('information_schema', 'pg_catalog', 'mysql', 'sys',"
    " 'performance_schema')"
)


def ask(server, *statements):
    """Return the first value of the last statement's answer."""
    connection = server.connect()
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchone()[0]
    finally:
        connection.close()


def test_a_server_starts_empty_answers_and_is_gone(
    engine, in_build, listener, witness, gone
):
    def build(servers):
        server = servers.empty(engine)
        held = witness(listener(server.room.sockets))
        assert server.alive()
        assert ask(server, TABLES) == 0
        folder = server.room.folder
        server.stop()
        server.stop()
        assert not server.alive()
        assert not folder.exists()
        return held, folder

    gone(*in_build(build))


def test_the_end_of_the_build_ends_its_servers(
    engine, in_build, listener, witness, gone
):
    def build(servers):
        sockets = servers.empty(engine).room.sockets
        return witness(listener(sockets)), sockets

    gone(*in_build(build))


def test_the_url_works_with_sqlalchemy(engine, in_build):
    driver = {"mariadb": "mysql+pymysql", "postgresql": "postgresql+psycopg"}

    def build(servers):
        server = servers.empty(engine)
        made = sqlalchemy.create_engine(server.url(driver[engine.name]))
        with made.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE t (n integer)"))
            connection.execute(sqlalchemy.text("INSERT INTO t VALUES (7)"))
        made.dispose()
        return ask(server, "SELECT n FROM t")

    assert in_build(build) == 7


def test_sqlite_is_a_file_with_the_same_life(in_build):
    def build(servers):
        server = servers.empty(SQLite())
        made = sqlalchemy.create_engine(server.url())
        with made.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE t (n integer)"))
        made.dispose()
        assert ask(server, "INSERT INTO t VALUES (5)", "SELECT n FROM t") == 5
        folder = server.data()
        server.stop()
        assert not server.alive()
        return folder

    assert not in_build(build).exists()


def test_each_installed_release_serves(postgresql, in_build):
    def build(servers):
        found = {}
        for release in postgresql.releases():
            server = servers.empty(postgresql, release)
            found[release.version] = ask(server, "SHOW server_version")
        return found

    told = in_build(build)
    assert told
    for version, said in told.items():
        assert said.split()[0] == version


def test_a_server_opens_no_tcp_port(engine, in_build, listener):
    def build(servers):
        pid = listener(servers.empty(engine).room.sockets)
        mine = set()
        for link in Path(f"/proc/{pid}/fd").iterdir():
            target = ""
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                target = os.readlink(link)
            if target.startswith("socket:["):
                mine.add(target[len("socket:[") : -1])
        assert mine
        for table in ("tcp", "tcp6", "udp", "udp6"):
            rows = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()
            assert not mine & {row.split()[9] for row in rows[1:]}
        return True

    assert in_build(build)


def test_a_server_never_runs_as_root(engine, in_build, listener):
    def build(servers):
        server = servers.empty(engine)
        status = Path(f"/proc/{listener(server.room.sockets)}/status")
        words = dict(
            line.split(":", 1) for line in status.read_text().splitlines()
        )
        return words["Uid"].split(), words["Groups"].split()

    users, groups = in_build(build)
    assert len(set(users)) == 1
    assert int(users[0]) == (os.geteuid() or int(users[0]))
    assert "0" not in users
    assert os.geteuid() or "0" not in groups


def test_its_mounts_are_seen_by_nobody_else(engine, in_build):
    def build(servers):
        folder = servers.empty(engine).room.folder
        table = Path("/proc/self/mountinfo").read_text()
        assert str(folder) not in table
        return True

    assert in_build(build)


def test_a_state_directory_may_have_a_path_of_150_characters(
    engine, in_build, listener, tmp_path, monkeypatch
):
    long = tmp_path / ("x" * (150 - len(str(tmp_path)) - 1))
    state = long / "plugins" / "mine"
    tmp = long / "builds" / "0123456789abcdef" / "tmp"
    tmp.mkdir(parents=True)

    def build(servers):
        monkeypatch.setenv("TMPDIR", str(tmp))
        server = servers.empty(engine)
        assert str(long) in str(server.room.folder)
        assert len(str(server.room.sockets)) <= LONGEST
        assert listener(server.room.sockets)
        assert ask(server, TABLES) == 0
        way = server.room.sockets.parent.parent
        assert way.exists()
        return way

    assert len(str(long)) == 150
    assert not in_build(build, state_dir=state).exists()
    assert not list((state.parent / "databases" / "nooks").iterdir())


def test_a_server_that_dies_is_noticed(engine, in_build, listener, until):
    def build(servers):
        server = servers.empty(engine)
        os.kill(listener(server.room.sockets), signal.SIGKILL)
        until(lambda: not server.alive())
        with pytest.raises(OSError):
            server.connect()
        server.stop()
        return True

    assert in_build(build, orphans=True)


def test_what_is_kept_is_there_in_a_clone(engine, in_build):
    def build(servers):
        server = servers.empty(engine)
        ask(
            server,
            "CREATE TABLE t (n integer)",
            "INSERT INTO t VALUES (7)",
            "SELECT 1",
        )
        release = server.release
        manifest = Manifest(
            engine.name,
            release.version,
            made_from=("test",),
            owner=servers.owner(engine, release),
        )
        snapshot = servers.keep(server, manifest)
        assert not server.alive()
        return ask(servers.clone(snapshot), "SELECT n FROM t")

    assert in_build(build) == 7


def test_what_is_kept_has_no_log_of_how_it_was_filled(postgresql, in_build):
    def build(servers):
        server = servers.empty(postgresql)
        ask(
            server,
            "CREATE TABLE t AS SELECT repeat('x', 1000) AS x"
            " FROM generate_series(1, 60000)",
            "INSERT INTO t SELECT x FROM t",
            "SELECT 1",
        )
        release = server.release
        manifest = Manifest(
            postgresql.name,
            release.version,
            made_from=("a long log",),
            owner=servers.owner(postgresql, release),
        )
        log = server.data() / "pg_wal"
        written = sum(1 for file in log.iterdir() if file.is_file())
        kept = servers.keep(server, manifest).layers[0] / "pg_wal"
        return written, sum(1 for file in kept.iterdir() if file.is_file())

    written, left = in_build(build)
    assert written > 4
    assert left == 1


def test_what_was_not_shut_down_is_not_kept(engine, in_build, listener, until):
    def build(servers):
        server = servers.empty(engine)
        os.kill(listener(server.room.sockets), signal.SIGKILL)
        until(lambda: not server.alive())
        manifest = Manifest(engine.name, "1", made_from=("crashed",))
        with pytest.raises(ServerFailed, match="ended before"):
            servers.keep(server, manifest)
        return servers.store.find(manifest)

    assert in_build(build, orphans=True) is None


def test_a_clean_stop_does_not_wait_for_clients(engine, in_build):
    def build(servers):
        server = servers.empty(engine)
        client = server.connect()
        try:
            client.cursor().execute("SELECT 1")
            server.stop(clean=True)
        finally:
            client.close()
        return server.engine.is_closed(server.body.upper or server.body.path)

    assert in_build(build)


@pytest.mark.timeout(300)
def test_twenty_servers_start_at_once(postgresql, in_build):
    def build(servers):
        servers.prepared(postgresql, servers.release(postgresql))
        with ThreadPoolExecutor(20, "start") as pool:
            started = list(pool.map(servers.empty, [postgresql] * 20))
        for number, server in enumerate(started):
            ask(server, f"CREATE TABLE t{number} (n integer)", "SELECT 1")
        told = [ask(server, TABLES) for server in started]
        assert len({str(server.room.sockets) for server in started}) == 20
        return told

    assert in_build(build) == [1] * 20


def test_two_builds_that_come_first_prepare_once(tmp_path, in_build):
    engine = plugins.engine("sqlite")
    state = tmp_path / "plugin"

    def build(servers):
        snapshot = servers.prepared(engine, servers.release(engine))
        return snapshot.folder, snapshot.made

    assert in_build(build, state_dir=state) == in_build(build, state_dir=state)
