"""MariaDB."""

from __future__ import annotations

from pathlib import Path

from turbo_hipster_databases.engine import Run
from turbo_hipster_databases.engines import programs
from turbo_hipster_databases.engines.innodb import CREATE, THROW_AWAY, InnoDB
from turbo_hipster_databases.exceptions import ServerMissing
from turbo_hipster_databases.model import Release

INSTALLERS = ("mariadb-install-db", "mysql_install_db")
ENOUGH = 32 * 2**20
"""Bytes of cache that are enough to make an empty data directory."""

BOOTSTRAP = 'printf "%s\\n" "$1" | { shift; exec "$@" --bootstrap; }'
"""Reads its SQL from standard input, and ends with a clean shutdown."""


class MariaDB(InnoDB):
    """MariaDB of the system."""

    name = "mariadb"
    title = "MariaDB"
    program_names = ("mariadbd", "mysqld")
    settings = {
        "skip-stack-trace": "",
        # the only list of locks that shows when one is made stronger
        "plugin-load-add": "metadata_lock_info",
        "loose-feedback": "OFF",
        "loose-wsrep-on": "OFF",
        "aria-pagecache-buffer-size": "8M",
        "aria-log-file-size": "8M",
        "aria-recover-options": "OFF",
    }

    def is_ours(self, version_line: str) -> bool:
        """Say whether it is MariaDB's program."""
        return "MariaDB" in version_line

    def advice(self) -> str:
        """Say what to install."""
        return "install the Debian package mariadb-server"

    def initialise(self, release: Release, folder: Path, run: Run) -> None:
        """Make an empty data directory in the empty ``folder``."""
        options = self.options(folder, ENOUGH, THROW_AWAY, self.settings)
        run(
            [
                str(self._installer(release)),
                *options,
                f"--basedir={release.programs.parent}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--force",
            ]
        )
        server = [self.program(release), *options]
        run(["/bin/sh", "-c", BOOTSTRAP, "sh", CREATE, *server])

    def _installer(self, release: Release) -> Path:
        """Return the script that fills a data directory."""
        home = release.programs.parent
        places = [release.programs, home / "bin", home / "scripts"]
        for installer in programs.found(INSTALLERS, places):
            return installer
        raise ServerMissing(
            f"{release} in {release.programs} has no {INSTALLERS[0]} beside "
            f"it; {self.advice()}"
        )
