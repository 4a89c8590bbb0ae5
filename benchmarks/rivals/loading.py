"""A dump is loaded by the engine's own client, as fast as it can be."""

from __future__ import annotations

import os
from urllib.parse import parse_qs, urlsplit

from benchmarks import datasets, servers
from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Server

NAMES = {
    "mariadb": "load of its dump by mariadb, no sync, 1 GB of cache",
    "postgresql": "load of its dump by pg_restore --jobs, no sync",
}


def load(
    context: TaskContext, server: Server, dataset: datasets.Dataset
) -> None:
    """Load it into the empty server; raises RuntimeError."""
    argv = COMMANDS[server.engine.name](server, dataset)
    env = {**os.environ, "PGOPTIONS": "-c maintenance_work_mem=256MB"}
    ended = context.execute(argv, env=env)
    if ended.status:
        raise RuntimeError(ended.tail)


def mariadb(server: Server, dataset: datasets.Dataset) -> list[str]:
    """Keys are not checked: the dump itself says so."""
    url = urlsplit(server.url())
    (socket,) = parse_qs(url.query)["unix_socket"]
    client = servers.find_program("mariadb")
    script = 'dump=$1; shift; exec "$@" <"$dump"'
    argv = ["sh", "-c", script, "sh", str(dataset.dump), client]
    argv += ["--no-defaults", f"--socket={socket}", "--user=root"]
    return [*argv, "--max-allowed-packet=1G", url.path.strip("/")]


def postgresql(server: Server, dataset: datasets.Dataset) -> list[str]:
    """Tables and indexes are made by as many as there are processors."""
    url = urlsplit(server.url())
    (socket,) = parse_qs(url.query)["host"]
    argv = [str(server.release.programs / "pg_restore"), f"--host={socket}"]
    argv += [f"--username={url.username}", "--exit-on-error", "--no-owner"]
    argv += [f"--jobs={os.cpu_count()}", f"--dbname={url.path.strip('/')}"]
    return [*argv, str(dataset.dump)]


COMMANDS = {"mariadb": mariadb, "postgresql": postgresql}
