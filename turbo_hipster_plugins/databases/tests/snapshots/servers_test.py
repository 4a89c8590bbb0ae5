"""Real servers run on clones, by every technique that a disk offers."""

import os
import tempfile
from pathlib import Path

import pytest

from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.exceptions import ServerMissing
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.snapshots import Manifest, names

pytestmark = pytest.mark.functional

OVERLAY = names.OVERLAY if os.geteuid() == 0 else names.USER_OVERLAY
PLAIN = {OVERLAY, names.COPY, names.REFLINK, names.SUBVOLUME}


@pytest.fixture(params=["plain", "xfs", "btrfs"])
def disk(request, tmp_path, monkeypatch):
    """A place for all of a build, with the techniques that are best there."""
    best = {"xfs": {names.REFLINK}, "btrfs": {names.SUBVOLUME}}
    place = tmp_path
    if request.param != "plain":
        place = request.getfixturevalue(request.param)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder), best.get(request.param, PLAIN)


@pytest.fixture
def build(disk):
    """Return a function that calls another in a build on that disk."""

    def call(function):
        answer = []

        class Calls(Task):
            def run(self, context):
                with Servers(context) as servers:
                    answer.append(function(servers))
                return model.Result.success()

        run_task(Calls, state_dir=disk[0] / "state" / "plugin")
        return answer[0]

    return call


def execute(server, *statements):
    connection = server.connect()
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()]
    finally:
        connection.close()


def content(layers):
    return {
        str(path): path.read_bytes()
        for layer in layers
        for path in sorted(layer.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", ["mariadb", "postgresql", "sqlite"])
def test_what_is_kept_is_cloned_and_stays_as_it_was(build, disk, name):
    """Two layers of a history, and two servers on clones of the last one."""

    def work(servers):
        engine = plugins.engine(name)
        try:
            release = servers.release(engine)
        except ServerMissing as error:
            assert not os.environ.get("CI"), error
            pytest.skip(str(error))
        told = servers.prepared(engine, release).manifest
        server = servers.empty(engine, release)
        for number in (1, 2):
            execute(
                server,
                f"CREATE TABLE t{number} (a INTEGER PRIMARY KEY)",
                f"INSERT INTO t{number} VALUES ({number}), (7)",
                "SELECT 1",
            )
            made_from = (str(number), *told.made_from)
            kept = servers.keep(
                server,
                Manifest(
                    told.engine, told.version, made_from, told.settings,
                    told.owner,
                ),
            )  # fmt: skip
            server = servers.clone(kept)
        before = content(kept.layers)
        other = servers.clone(kept)
        execute(other, "DELETE FROM t1", "SELECT 1")
        execute(server, "DROP TABLE t2", "SELECT 1")
        rows = execute(server, "SELECT a FROM t1 ORDER BY a")
        others = execute(other, "SELECT a FROM t2 ORDER BY a")
        server.stop(clean=True)
        other.stop(clean=True)
        assert content(kept.layers) == before
        return server.technique, rows, others

    technique, rows, others = build(work)
    assert (rows, others) == ([(1,), (7,)], [(2,), (7,)])
    assert technique in disk[1]
