"""Seeds for MariaDB and MySQL, by their own client."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pymysql

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.seeds import client, kinds

ERROR = pymysql.Error
CACHE = 2**30
"""Bytes of cache for a load, if the machine has eight times as much."""

CHOICE = (
    re.compile(rb"^CREATE DATABASE [^\n]*$", re.M),
    re.compile(rb"^USE `[^\n]*`;$", re.M),
)
"""How ``mysqldump --databases`` chooses the database, near the beginning."""

BEFORE = b"""\
SET SESSION unique_checks=0;
SET SESSION foreign_key_checks=0;
"""
"""A transaction for all of a table would take twice as long: measured."""


def load(
    context: TaskContext,
    server: Server,
    seed: Path,
    kind: kinds.Kind,
    content: Iterable[bytes],
) -> None:
    """Load SQL text."""
    (socket,) = parse_qs(urlsplit(server.url()).query)["unix_socket"]
    argv = [
        client.program(server.release, ("mariadb", "mysql"), "mariadb-client"),
        "--no-defaults",
        "--batch",
        # nothing in the dump is a command of the client
        "--binary-mode",
        "--max-allowed-packet=1G",
        "--default-character-set=utf8mb4",
        f"--socket={socket}",
        "--user=root",
        urlsplit(server.url()).path.strip("/"),
    ]
    connection = server.connect()
    try:
        with connection.cursor() as cursor:
            before = _cache(cursor)
            stream = _tuned(seed, content)
            client.judge(seed, client.feed(context, argv, stream))
            for table in tables(server):
                cursor.execute(f"ANALYZE TABLE `{table}`")
                cursor.fetchall()
            _set_cache(cursor, before)
    finally:
        connection.close()


def tables(server: Server) -> list[str]:
    """Return the names of the tables, views too."""
    connection = server.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW TABLES")
            return [row[0] for row in cursor.fetchall()]
    finally:
        connection.close()


def _tuned(seed: Path, content: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the content for one database, where no key need be checked."""
    yield BEFORE
    first = True
    before = b""
    for piece in content:
        if first:
            first = False
            head, rest = piece[: kinds.HEAD], piece[kinds.HEAD :]
            for choice in CHOICE:
                head = choice.sub(b"-- ", head, count=1)
            piece = head + rest
        if b"\nUSE `" in before + piece:
            raise SeedRefused(
                f"the seed {seed} holds several databases; dump one, by "
                "naming it without --databases"
            )
        before = piece[-8:]
        yield piece


def _cache(cursor: Any) -> int:
    """Give the server a large cache for the load; returns the old size."""
    cursor.execute("SELECT @@innodb_buffer_pool_size")
    ((before,),) = cursor.fetchall()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    _set_cache(cursor, max(before, min(CACHE, memory // 8)))
    return int(before)


def _set_cache(cursor: Any, size: int) -> None:
    cursor.execute("SET GLOBAL innodb_buffer_pool_size = %s", (int(size),))
