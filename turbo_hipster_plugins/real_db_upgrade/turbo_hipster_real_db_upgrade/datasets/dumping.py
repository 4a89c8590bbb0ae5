"""A server's database becomes a seed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import zstandard

from turbo_hipster.exceptions import CannotJudge
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.seeds import client

LEVEL, THREADS = 3, -1
"""Of zstd: quick, on all processors."""


def dump(server: Server, folder: Path) -> Path:
    """Write all that a server's database holds into a file of ``folder``.

    An SQLite file, an archive of pg_dump, or SQL packed with zstd; it is
    named ``seed.`` and what it is.  Raises CannotJudge and ServerMissing.
    """
    name = server.engine.name
    if name not in _DUMPS:
        raise CannotJudge(
            f"a database of {name} cannot be written into a file; "
            f"{', '.join(_DUMPS)} can"
        )
    return _DUMPS[name](server, folder)


def _sqlite(server: Server, folder: Path) -> Path:
    target = folder / "seed.sqlite"
    with contextlib.closing(server.connect()) as connection:
        connection.execute("PRAGMA synchronous = 0")
        connection.execute("VACUUM INTO ?", (str(target),))
    return target


def _postgresql(server: Server, folder: Path) -> Path:
    target = folder / "seed.dump"
    url = urlsplit(server.url())
    (socket,) = parse_qs(url.query)["host"]
    _run(
        server,
        [
            client.program(server.release, ["pg_dump"], "postgresql-client"),
            f"--host={socket}",
            f"--username={url.username}",
            "--format=custom",
            "--compress=1",
            "--no-owner",
            f"--file={target}",
            url.path.strip("/"),
        ],
    )
    return target


def _mariadb(server: Server, folder: Path) -> Path:
    plain, target = folder / "seed.sql", folder / "seed.sql.zst"
    url = urlsplit(server.url())
    (socket,) = parse_qs(url.query)["unix_socket"]
    programs = ["mariadb-dump", "mysqldump"]
    try:
        _run(
            server,
            [
                client.program(server.release, programs, "mariadb-client"),
                "--no-defaults",
                f"--socket={socket}",
                "--user=root",
                "--default-character-set=utf8mb4",
                "--single-transaction",
                "--quick",
                "--routines",
                "--hex-blob",
                f"--result-file={plain}",
                url.path.strip("/"),
            ],
        )
        packer = zstandard.ZstdCompressor(LEVEL, threads=THREADS)
        with plain.open("rb") as reading, target.open("xb") as writing:
            packer.copy_stream(reading, writing, size=plain.stat().st_size)
    finally:
        plain.unlink(missing_ok=True)
    return target


def _run(server: Server, argv: Sequence[str]) -> None:
    ended = server.context.execute(argv)
    if ended.status:
        raise CannotJudge(
            f"{Path(argv[0]).name} ended with {ended.status}: "
            f"{ended.tail.strip()[-500:]}"
        )


_DUMPS: dict[str, Callable[[Server, Path], Path]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mariadb": _mariadb,
    "mysql": _mariadb,
}
