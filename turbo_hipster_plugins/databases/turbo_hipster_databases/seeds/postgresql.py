"""Seeds for PostgreSQL, by its own client programs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from psycopg import Error, errors, sql

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.seeds import client, kinds

ERROR = Error
PACKAGE = "postgresql-client"
TUNED = {
    "PGOPTIONS": "-c maintenance_work_mem=256MB -c synchronous_commit=off"
    " -c client_min_messages=warning"
}

LATER = re.compile(rb"^SET transaction_timeout = 0;$", re.M)
"""What version 17 and later write, and earlier ones do not know."""
ELSEWHERE = re.compile(rb"^(CREATE DATABASE |\\connect )", re.M)
ROLE = rb'("(?:[^"\n]|"")+"|[^\s;",]+)'
GRANTED = re.compile(
    rb"^(?:ALTER [^\n]* OWNER TO |GRANT [^\n]* TO |REVOKE [^\n]* FROM )"
    + ROLE,
    re.M,
)
MENTIONS = (b" OWNER TO ", b"\nGRANT ", b"\nREVOKE ")
"""Found much faster than GRANTED; pieces without them are passed on."""


def load(
    context: TaskContext,
    server: Server,
    seed: Path,
    kind: kinds.Kind,
    content: Iterable[bytes],
) -> None:
    """Load SQL text, or an archive of ``pg_dump --format=custom``."""
    target = urlsplit(server.url())
    (folder,) = parse_qs(target.query)["host"]
    where = [f"--host={folder}", f"--username={target.username}"]
    name = target.path.strip("/")
    if kind.form == kinds.ARCHIVE:
        argv = [
            client.program(server.release, ("pg_restore",), PACKAGE),
            *where,
            f"--dbname={name}",
            "--exit-on-error",
            "--no-owner",
            "--no-acl",
        ]
        if not kind.packing:
            # only a file can be read by several at once
            argv += [f"--jobs={min(4, os.cpu_count() or 1)}", str(seed)]
            env = {**os.environ, **TUNED}
            client.judge(seed, context.execute(argv, env=env))
        else:
            ended = client.feed(context, argv, content, TUNED)
            client.judge(seed, ended)
    else:
        argv = [
            client.program(server.release, ("psql",), PACKAGE),
            *where,
            f"--dbname={name}",
            "--no-psqlrc",
            "--quiet",
            "--output=/dev/null",
            "--set=ON_ERROR_STOP=1",
            "--single-transaction",
        ]
        stream = _suited(server, seed, content)
        client.judge(seed, client.feed(context, argv, stream, TUNED))
    connection = server.connect()
    try:
        # what is read first would else be written again by the reader
        connection.execute("VACUUM (FREEZE, ANALYZE)")
    finally:
        connection.close()


def tables(server: Server) -> list[str]:
    """Return the names of the tables, views too."""
    connection = server.connect()
    try:
        rows = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE"
            " table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        return [row[0] for row in rows]
    finally:
        connection.close()


def _suited(
    server: Server, seed: Path, content: Iterable[bytes]
) -> Iterator[bytes]:
    """Yield the content; the roles that it mentions exist by then.

    They are made beside the stream, which is therefore left as it is; a text
    that only looks like a grant does no harm.
    """
    known: set[bytes] = set()
    rest = b"\n"
    first = True
    for piece in content:
        if first:
            first = False
            head = LATER.sub(b"", piece[: kinds.HEAD])
            if ELSEWHERE.search(head):
                raise SeedRefused(
                    f"the seed {seed} makes a database of its own; dump it "
                    "without --create"
                )
            piece = head + piece[kinds.HEAD :]
        # a line that is cut in two is looked at once it is whole
        seen = rest + piece
        end = seen.rfind(b"\n") + 1
        if any(words in seen for words in MENTIONS):
            found = set(GRANTED.findall(seen, 0, end)) - known
            _make_roles(server, found)
            known |= found
        yield seen[:end]
        rest = seen[end:]
    yield rest


def _make_roles(server: Server, found: Iterable[bytes]) -> None:
    connection = server.connect()
    try:
        for word in found:
            name = word.decode()
            if name.startswith('"'):
                name = name[1:-1].replace('""', '"')
            if name.upper() in ("PUBLIC", "CURRENT_USER", "SESSION_USER"):
                continue
            try:
                connection.execute(
                    sql.SQL("CREATE ROLE {}").format(sql.Identifier(name))
                )
            except (errors.DuplicateObject, errors.ReservedName):
                continue
    finally:
        connection.close()
