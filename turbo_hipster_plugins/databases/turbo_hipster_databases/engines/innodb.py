"""What MariaDB and MySQL have in common."""

from __future__ import annotations

import abc
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pymysql

from turbo_hipster_databases.engine import Engine, Observer, Run, Server
from turbo_hipster_databases.engines import programs
from turbo_hipster_databases.model import Release
from turbo_hipster_databases.schema.model import Schema

SOCKET = "s"
DATABASE = "turbo"
CREATE = (
    f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4"
    " COLLATE utf8mb4_general_ci;"
)
PLACES = ("/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/usr/local/bin")
SPREAD = ("/opt", "/usr/local")
"""Where archives are unpacked, each release in a folder of its own."""

THROW_AWAY: Mapping[str, str | int] = {
    # nothing that is written has to outlive the server
    "loose-innodb-flush-method": "nosync",
    "innodb-flush-log-at-trx-commit": 0,
    "innodb-doublewrite": 0,
    "sync-binlog": 0,
    "skip-log-bin": "",
    # nothing but the socket
    "skip-networking": "",
    "skip-name-resolve": "",
    # what a small server needs, and what makes it ready soon
    "innodb-buffer-pool-load-at-startup": 0,
    "innodb-buffer-pool-dump-at-shutdown": 0,
    "innodb-temp-data-file-path": "ibtmp1:1M:autoextend",
    "innodb-read-io-threads": 2,
    "innodb-write-io-threads": 2,
    "innodb-log-buffer-size": "4M",
    "key-buffer-size": "1M",
    "max-connections": 100,
    "table-open-cache": 400,
    "table-definition-cache": 1000,
    "max-allowed-packet": "1G",
    "character-set-server": "utf8mb4",
    "lower-case-table-names": 0,
}

WATCHED: Mapping[str, str | int] = {
    "performance-schema": "ON",
    "performance-schema-instrument": "wait/lock/metadata/sql/mdl=ON",
    "performance-schema-consumer-events-statements-current": "ON",
    "performance-schema-consumer-events-statements-history": "ON",
    "performance-schema-consumer-events-statements-history-long": "ON",
    # totals come from the digests, full texts and errors from the history
    "max-digest-length": 1024,
    "performance-schema-max-digest-length": 1024,
    "performance-schema-digests-size": 2000,
    "performance-schema-events-statements-history-long-size": 1000,
    # nobody reads the rest, which would take another 70 MB
    "performance-schema-max-thread-instances": 80,
    "performance-schema-max-table-instances": 1000,
    "performance-schema-max-table-handles": 1000,
    **{
        f"performance-schema-{name}": 0
        for name in (
            "accounts-size",
            "hosts-size",
            "users-size",
            "events-waits-history-long-size",
            "events-stages-history-long-size",
            "events-transactions-history-long-size",
            "max-mutex-classes",
            "max-rwlock-classes",
            "max-cond-classes",
            "max-memory-classes",
            "max-file-classes",
            "max-stage-classes",
            "max-socket-classes",
            "max-program-instances",
            "max-prepared-statements-instances",
        )
    },
}


class InnoDB(Engine):
    """A server of this family; root has no password on the socket."""

    drivers = {
        "pymysql": "mysql+pymysql",
        "MySQLdb": "mysql+mysqldb",
        "mysql.connector": "mysql+mysqlconnector",
        "mariadb": "mariadb+mariadbconnector",
        "aiomysql": "mysql+aiomysql",
        "asyncmy": "mysql+asyncmy",
    }
    fallback = "PyMySQL"
    accounts = ("mysql",)
    program_names: ClassVar[Sequence[str]]
    settings: ClassVar[Mapping[str, str | int]] = {}
    """What this server has and its sister has not."""

    @abc.abstractmethod
    def is_ours(self, version_line: str) -> bool:
        """Say whether a program is this server and not its sister."""

    @abc.abstractmethod
    def initialise(self, release: Release, folder: Path, run: Run) -> None:
        """Make an empty data directory in the empty ``folder``."""

    def releases(self) -> Sequence[Release]:
        """Return the installed releases, newest first."""
        return programs.newest_first(self._releases())

    def _releases(self) -> Iterator[Release]:
        folders = [*programs.on_path(), *map(Path, PLACES)]
        for place in SPREAD:
            folders += sorted(Path(place).glob("m[ay][rs][iq]*/bin"))
        for program in programs.found(self.program_names, folders):
            line = programs.version_line(program)
            version = re.search(r"\bVer (\d+(?:\.\d+)+)", line)
            if version and self.is_ours(line):
                yield Release(self.name, version[1], program.parent)

    def program(self, release: Release) -> str:
        """Return the path of the server's program."""
        return str(
            next(programs.found(self.program_names, [release.programs]))
        )

    def options(
        self, data: Path, memory: int, *settings: Mapping[str, str | int]
    ) -> list[str]:
        """Return the command line's options; the later ones win."""
        merged: dict[str, str | int] = {}
        for some in settings:
            merged.update(some)
        return [
            "--no-defaults",
            f"--datadir={data}",
            f"--innodb-buffer-pool-size={memory}",
            *(
                f"--{name}={value}" if value != "" else f"--{name}"
                for name, value in merged.items()
            ),
        ]

    def argv(
        self, release: Release, data: Path, socket_dir: Path, memory: int
    ) -> Sequence[str]:
        """Return the command of a server on ``data``."""
        return [
            self.program(release),
            *self.options(data, memory, THROW_AWAY, WATCHED, self.settings),
            f"--socket={socket_dir / SOCKET}",
            f"--pid-file={socket_dir / 'pid'}",
            f"--tmpdir={socket_dir}",
        ]

    def url(self, data: Path, socket_dir: Path, scheme: str = "") -> str:
        """Return the URL of its database."""
        scheme = scheme or self.drivers["pymysql"]
        url = f"{scheme}://root@localhost/{DATABASE}"
        url += f"?unix_socket={socket_dir / SOCKET}"
        if scheme.endswith(("pymysql", "mysqldb", "aiomysql", "asyncmy")):
            url += "&charset=utf8mb4"
        return url

    def connect(self, data: Path, socket_dir: Path) -> Any:
        """Return a connection, or raise OSError: there is no server."""
        way = str(socket_dir / SOCKET)
        wire = socket.socket(socket.AF_UNIX)
        try:
            # PyMySQL would leave one that is refused open
            wire.connect(way)
            connection = pymysql.Connection(
                unix_socket=way,
                user="root",
                database=DATABASE,
                charset="utf8mb4",
                autocommit=True,
                defer_connect=True,
            )
            connection.connect(wire)
        except pymysql.err.Error as error:
            wire.close()
            raise OSError(str(error)) from error
        except OSError:
            wire.close()
            raise
        return connection

    def load(self, server: Server, seed: Path) -> None:
        """Load a seed; raises SeedRefused."""
        from turbo_hipster_databases.seeds import loading

        loading.load(server.context, server, seed)

    def observer(self, server: Server) -> Observer:
        """Return an observer of a server."""
        from turbo_hipster_databases.observing import mariadb

        return mariadb.MariaDBObserver(server)

    def schema(self, server: Server) -> Schema:
        """Read the schema of its database."""
        from turbo_hipster_databases.schema import mariadb

        connection = server.connect()
        try:
            return mariadb.read(connection)
        finally:
            connection.close()
