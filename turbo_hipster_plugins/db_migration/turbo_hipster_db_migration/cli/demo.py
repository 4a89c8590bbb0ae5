"""``turbo-hipster migrations demo``: a change that forgets a way back."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from turbo_hipster.command import Command
from turbo_hipster.exceptions import CannotJudge, ConfigurationError
from turbo_hipster.testing import Project
from turbo_hipster_db_migration import demo

CONFIGURATION = """\
[DEFAULT]
enabled_jobs = migrations
state_dir = {state}

{section}"""

FAILED = 1
"""What ``turbo-hipster run`` ends with when the change is at fault."""


class MigrationsDemo(Command):
    """See a change's migrations judged on real database servers.

    A small shop with five sound migrations gets a sixth whose way back
    forgets a table. It is judged on SQLite, and on PostgreSQL and MariaDB
    where they are installed, by servers that belong to this build alone and
    are gone at the end, like everything else but the report.

    The first time, the project's own requirements are installed, in an
    environment of their own.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--reports",
            metavar="DIR",
            default="demo-report",
            help="folder for the report (default: %(default)s)",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Do the demo; 0 when the fault was found."""
        if shutil.which("git") is None:
            raise ConfigurationError(
                "the demo needs git: install the package git"
            )
        reports = Path(parsed_args.reports).absolute()
        self._say("A shop, and a change to its database: " + demo.SUBJECT)
        with tempfile.TemporaryDirectory(prefix="th-migrations-") as name:
            folder = Path(name)
            status = self._run(folder, reports / "migrations")
        if status != FAILED:
            raise CannotJudge(
                f"the demo's build ended with {status}, and should have "
                f"found {', '.join(demo.FOUND)}"
            )
        self._say(
            "\nThe change was refused, as it should be: open the report in "
            "a browser.\nNext: do the same with a project of your own; "
            "doc/source/migrations.rst takes ten minutes."
        )
        return 0

    def _run(self, folder: Path, results: Path) -> int:
        shop = Project(folder / "shop")
        demo.write_base(shop.path)
        base = shop.commit({}, "A shop")
        demo.write_change(shop.path)
        shop.commit({}, demo.SUBJECT)
        configuration = folder / "demo.conf"
        configuration.write_text(
            CONFIGURATION.format(
                state=str(folder / "state").replace("$", "$$"),
                section=demo.SECTION,
            )
        )
        self.app.stdout.flush()
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "turbo_hipster"),
                *("--config-file", str(configuration)),
                *("run", "migrations", "--project", str(shop.path)),
                *("--base", base, "--results", str(results)),
            ],
            check=False,
        )
        return ended.returncode

    def _say(self, text: str) -> None:
        self.app.stdout.write(f"{text}\n")
