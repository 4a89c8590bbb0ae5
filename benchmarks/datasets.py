"""Datasets of about a gigabyte, made once; what a run loads is their dump."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from benchmarks import database_builds
from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.servers.fleet import Servers

MOST = 5_000_000
"""Rows of the big table; the other has a tenth of that."""

TABLES = """
CREATE TABLE event (
    id bigint PRIMARY KEY,
    account_id integer NOT NULL,
    kind smallint NOT NULL,
    amount numeric(12, 2) NOT NULL,
    created timestamp NOT NULL,
    note varchar(200) NOT NULL
);
CREATE TABLE account (
    id integer PRIMARY KEY,
    email varchar(200) NOT NULL,
    name varchar(100)
);
CREATE INDEX event_account ON event (account_id);
CREATE INDEX event_created ON event (created);
CREATE UNIQUE INDEX account_email ON account (email)
"""

FILL = {
    "mariadb": (
        "INSERT INTO event SELECT seq, seq * 7919 MOD {few} + 1, seq MOD 9, "
        "seq MOD 100000 / 100, '2020-01-01' + INTERVAL seq * 31 SECOND, "
        "CONCAT('what happened ', MD5(seq)) FROM seq_1_to_{many}",
        "INSERT INTO account SELECT seq, CONCAT(MD5(seq), '@example.org'), "
        "CONCAT('customer ', seq) FROM seq_1_to_{few}",
    ),
    "postgresql": (
        "INSERT INTO event SELECT n, n * 7919 % {few} + 1, n % 9, "
        "n % 100000 / 100.0, timestamp '2020-01-01' + n * interval '31 s', "
        "'what happened ' || md5(n::text) "
        "FROM generate_series(1, {many}::bigint) n",
        "INSERT INTO account SELECT n, md5(n::text) || '@example.org', "
        "'customer ' || n FROM generate_series(1, {few}) n",
    ),
}

MEMORY = 2**30
"""Bytes of cache of a server that is filled, or loaded."""


class Dataset(NamedTuple):
    """A dump, and how many rows its big table has."""

    dump: Path
    rows: int

    def answers(self, server: Server) -> None:
        """Ask one row of the big table; raises RuntimeError without it."""
        connection = server.connect()
        try:
            cursor = connection.cursor()
            cursor.execute(f"SELECT note FROM event WHERE id = {self.rows}")
            if len(cursor.fetchall()) != 1:
                raise RuntimeError("the last row is missing")
        finally:
            connection.close()


def dataset(engine: Engine, rows: int = MOST) -> Dataset:
    """Return the dump, made if there is none."""
    folder = database_builds.KEPT / "datasets"
    folder.mkdir(parents=True, exist_ok=True)
    dump = folder / f"{engine.name}-{rows}.dump"
    new = dump.with_suffix(".new")

    def work(context: TaskContext) -> None:
        with Servers(context, memory=MEMORY) as servers:
            server = servers.empty(engine)
            fill(server, rows)
            ended = context.execute(DUMPS[engine.name](server, new))
            if ended.status:
                raise RuntimeError(ended.tail)

    if not dump.exists():
        database_builds.in_build(database_builds.KEPT, work)
        new.rename(dump)
    return Dataset(dump, rows)


def fill(server: Server, rows: int) -> None:
    """Make the tables and their rows, indexes last."""
    first, second, *indexes = TABLES.strip().split(";\n")
    fills = [
        text.format(many=rows, few=rows // 10)
        for text in FILL[server.engine.name]
    ]
    connection = server.connect()
    try:
        cursor = connection.cursor()
        for statement in (first, second, *fills, *indexes):
            cursor.execute(statement)
    finally:
        connection.close()


def mariadb(server: Server, target: Path) -> list[str]:
    """Return the command that dumps a MariaDB."""
    url = urlsplit(server.url())
    (socket,) = parse_qs(url.query)["unix_socket"]
    argv = [client("mariadb-dump"), "--no-defaults", f"--socket={socket}"]
    argv += ["--user=root", "--single-transaction", "--quick"]
    return [*argv, f"--result-file={target}", url.path.strip("/")]


def postgresql(server: Server, target: Path) -> list[str]:
    """Return the command that dumps a PostgreSQL, without packing it."""
    url = urlsplit(server.url())
    (socket,) = parse_qs(url.query)["host"]
    argv = [str(server.release.programs / "pg_dump"), f"--host={socket}"]
    argv += [f"--username={url.username}", "--format=custom", "--compress=0"]
    return [*argv, f"--file={target}", url.path.strip("/")]


DUMPS: dict[str, Callable[[Server, Path], list[str]]] = {
    "mariadb": mariadb,
    "postgresql": postgresql,
}


def client(name: str) -> str:
    """Return the path of a client program."""
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is not installed; try: make system")
    return found
