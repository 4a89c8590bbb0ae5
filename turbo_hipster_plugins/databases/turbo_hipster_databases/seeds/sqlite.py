"""Seeds for SQLite: text is executed here, a file takes the place of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.seeds import kinds

ERROR = sqlite3.Error
BATCH = 2**20
"""Bytes that are executed at once."""

BEFORE = """\
PRAGMA synchronous = OFF;
PRAGMA journal_mode = OFF;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA cache_size = -262144;
"""


def load(
    context: TaskContext,
    server: Server,
    seed: Path,
    kind: kinds.Kind,
    content: Iterable[bytes],
) -> None:
    """Load SQL text, or a whole database."""
    if kind.form == kinds.DATABASE:
        _place(Path(urlsplit(server.url()).path[1:]), seed, content)
        return
    connection = server.connect()
    try:
        connection.executescript(BEFORE)
        for batch in _batches(seed, content):
            _execute(connection, batch)
        connection.executescript("PRAGMA optimize; ANALYZE;")
    except sqlite3.Error as error:
        raise SeedRefused(
            f"the seed {seed} cannot be loaded: {error}"
        ) from error
    finally:
        connection.close()


def tables(server: Server) -> list[str]:
    """Return the names of the tables, views too."""
    connection = server.connect()
    try:
        rows = connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
        return [row[0] for row in rows]
    finally:
        connection.close()


def _batches(seed: Path, content: Iterable[bytes]) -> Iterator[str]:
    """Yield whole statements, about BATCH bytes at a time."""
    rest = b""
    for piece in content:
        rest += piece
        end = rest.rfind(b";\n") + 2
        if len(rest) < BATCH or end < 2:
            continue
        text = _text(seed, rest[:end])
        # the cut may lie in a literal or a trigger: the next may not
        if sqlite3.complete_statement(text):
            yield text
            rest = rest[end:]
    yield _text(seed, rest)


def _text(seed: Path, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise SeedRefused(
            f"the seed {seed} is no UTF-8 text: {error}"
        ) from error


def _execute(connection: sqlite3.Connection, batch: str) -> None:
    """Execute statements; a transaction may go on from batch to batch.

    ``executescript`` commits first.  With no journal that costs nothing, and
    the dump's own COMMIT needs a transaction to end.
    """
    if connection.in_transaction:
        batch = f"BEGIN;\n{batch}"
    elif "BEGIN" not in batch.upper() and "COMMIT" not in batch.upper():
        batch = f"BEGIN;\n{batch}\n;COMMIT;"
    connection.executescript(batch)


def _place(target: Path, seed: Path, content: Iterable[bytes]) -> None:
    """Put a whole database in the place of the empty one, and check it."""
    log = Path(f"{seed}-wal")
    if log.is_file() and log.stat().st_size:
        raise SeedRefused(
            f"the seed {seed} has a log {log.name} beside it whose changes "
            "are not in it; run PRAGMA wal_checkpoint(TRUNCATE) on a copy"
        )
    with target.open("wb") as file:
        for piece in content:
            file.write(piece)
    found = sqlite3.connect(target, isolation_level=None)
    try:
        (answer,) = found.execute("PRAGMA quick_check(1)").fetchone()
        if answer == "ok":
            found.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.DatabaseError as error:
        answer = str(error)
    finally:
        found.close()
    if answer != "ok":
        raise SeedRefused(f"the seed {seed} is damaged: {answer}")
