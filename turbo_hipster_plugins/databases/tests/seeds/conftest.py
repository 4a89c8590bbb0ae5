"""Servers and real dumps for the tests of seeds."""

import contextlib
import gzip
import os
import subprocess
from urllib.parse import parse_qs, urlsplit

import pytest
import zstandard

from theatre.disks import build_on_fixture, small_disk_fixture
from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.exceptions import ServerMissing
from turbo_hipster_databases.servers.fleet import Servers

__all__ = ["build_on_fixture", "small_disk_fixture"]

FILL = """\
CREATE TABLE animals (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL);
INSERT INTO animals VALUES (1, 'dog'), (2, 'cat; with
USE `of` a line'), (3, 'Ünikörn');
CREATE TABLE legs (
    id INTEGER PRIMARY KEY,
    animal INTEGER NOT NULL REFERENCES animals (id),
    side VARCHAR(10)
);
INSERT INTO legs VALUES (1, 1, 'left'), (2, 1, 'right');
CREATE INDEX legs_side ON legs (side);
"""


@pytest.fixture(scope="session")
def state_dir(tmp_path_factory):
    """A state directory whose empty servers are made once."""
    return tmp_path_factory.mktemp("state") / "plugin"


@pytest.fixture(scope="session")
def build(state_dir):
    """Return a function that calls another in a build, with its servers."""

    def call(function, **options):
        answer = []

        class Calls(Task):
            def run(self, context):
                with Servers(context) as servers:
                    answer.append(function(context, servers))
                return model.Result.success()

        told = run_task(Calls, state_dir=state_dir, **options)
        return answer[0], told

    return call


@pytest.fixture(scope="session")
def release_of():
    """Return a function that returns an engine and its newest release."""

    def find(servers, name):
        engine = plugins.engine(name)
        try:
            return engine, servers.release(engine)
        except ServerMissing as error:
            assert not os.environ.get("CI"), error
            pytest.skip(str(error))

    return find


def execute(server, text):
    connection = server.connect()
    try:
        for statement in text.split(";\n"):
            if statement.strip():
                connection.cursor().execute(statement)
    finally:
        connection.close()


def rows(server, query):
    connection = server.connect()
    try:
        cursor = connection.cursor()
        cursor.execute(query)
        return [tuple(row) for row in cursor.fetchall()]
    finally:
        connection.close()


@pytest.fixture(scope="session")
def ask():
    return rows


@pytest.fixture(scope="session")
def dump(build, release_of, tmp_path_factory):
    """Return a function that returns what an engine's own program dumps."""
    made = {}

    def of(name, *options):
        if (name, options) not in made:
            folder = tmp_path_factory.mktemp("dump")
            made[name, options] = folder / "dump"

            def work(context, servers):
                engine, release = release_of(servers, name)
                server = servers.empty(engine, release)
                if name == "postgresql":
                    execute(server, 'CREATE ROLE "the owner"')
                execute(server, FILL)
                if name == "postgresql":
                    execute(server, 'ALTER TABLE legs OWNER TO "the owner"')
                    execute(server, 'GRANT SELECT ON animals TO "the owner"')
                DUMPS[name](server, release, folder / "dump", options)

            build(work)
        return made[name, options]

    return of


def dump_mariadb(server, release, target, options):
    (socket,) = parse_qs(urlsplit(server.url()).query)["unix_socket"]
    argv = ["mariadb-dump", "--no-defaults", f"--socket={socket}", "-uroot"]
    database = [] if "--databases" in options else ["turbo"]
    if not database:
        options = (*options, "turbo")
    with target.open("wb") as file:
        subprocess.run([*argv, *options, *database], stdout=file, check=True)


def dump_postgresql(server, release, target, options):
    (host,) = parse_qs(urlsplit(server.url()).query)["host"]
    argv = [release.programs / "pg_dump", "-h", host, "-U", "turbo"]
    with target.open("wb") as file:
        subprocess.run([*argv, *options, "turbo"], stdout=file, check=True)


def dump_sqlite(server, release, target, options):
    connection = server.connect()
    with contextlib.closing(connection), target.open("w") as file:
        if "--file" in options:
            connection.execute("VACUUM")
            target.write_bytes((server.data() / "turbo.sqlite").read_bytes())
            return
        file.write("PRAGMA foreign_keys=OFF;\n")
        for line in connection.iterdump():
            file.write(f"{line}\n")


DUMPS = {
    "mariadb": dump_mariadb,
    "postgresql": dump_postgresql,
    "sqlite": dump_sqlite,
}


def zstd(data):
    return zstandard.compress(data)


@pytest.fixture(scope="session")
def packed():
    """Return functions that pack bytes, by the name of the packing."""
    return {"": bytes, "gzip": gzip.compress, "zstd": zstd}
