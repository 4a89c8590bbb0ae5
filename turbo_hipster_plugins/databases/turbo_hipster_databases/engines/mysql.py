"""MySQL, where a mysqld is found that is Oracle's."""

from __future__ import annotations

from pathlib import Path

from turbo_hipster_databases.engine import Run
from turbo_hipster_databases.engines.innodb import CREATE, THROW_AWAY, InnoDB
from turbo_hipster_databases.model import Release

ENOUGH = 32 * 2**20
"""Bytes of cache that are enough to make an empty data directory."""

INITIALISE = (
    'printf "%s\\n" "$1" >"$2/turbo.sql" && folder=$2 && shift 2 &&'
    ' "$@" --initialize-insecure --init-file="$folder/turbo.sql" &&'
    ' rm "$folder/turbo.sql"'
)


class MySQL(InnoDB):
    """MySQL 8 and later."""

    name = "mysql"
    title = "MySQL"
    program_names = ("mysqld",)
    settings = {
        "loose-mysqlx": "OFF",
        "loose-innodb-redo-log-capacity": "100M",
        "performance-schema-consumer-events-transactions-current": "OFF",
    }

    def is_ours(self, version_line: str) -> bool:
        """Say whether it is Oracle's program."""
        return "MariaDB" not in version_line

    def advice(self) -> str:
        """Say what to install."""
        return (
            "install MySQL's own package mysql-server (Ubuntu has it, Debian "
            "has not; its default-mysql-server is MariaDB)"
        )

    def initialise(self, release: Release, folder: Path, run: Run) -> None:
        """Make an empty data directory in the empty ``folder``."""
        server = [
            self.program(release),
            *self.options(folder, ENOUGH, THROW_AWAY, self.settings),
        ]
        words = [CREATE, str(folder.parent), *server]
        run(["/bin/sh", "-c", INITIALISE, "sh", *words])
