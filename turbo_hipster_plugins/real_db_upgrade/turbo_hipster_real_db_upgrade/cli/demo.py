"""``turbo-hipster real-data demo``: a million orders, of which some go."""

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
from turbo_hipster_real_db_upgrade import demo

CONFIGURATION = """\
[DEFAULT]
enabled_jobs = real-data
state_dir = {state}

{section}"""

FAILED = 1
"""What ``turbo-hipster run`` ends with when the change is at fault."""


class RealDataDemo(Command):
    """See a change's migrations judged on a million rows.

    A shop with a million orders in SQLite gets three migrations, of which
    one loses orders and holds up whoever buys meanwhile. Nothing but what
    pip installs is needed, and only the report is left at the end.

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
        parser.add_argument(
            "--rows",
            metavar="N",
            type=int,
            default=demo.ROWS,
            help="orders that the shop has, at least 1000 "
            "(default: %(default)s)",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Do the demo; 0 when the fault was found."""
        if shutil.which("git") is None:
            raise ConfigurationError(
                "the demo needs git: install the package git"
            )
        if parsed_args.rows < 1000:
            raise ConfigurationError(
                f"--rows is {parsed_args.rows}; too few to lose any of: name "
                "1000 or more"
            )
        reports = Path(parsed_args.reports).absolute()
        self._say(
            f"A shop with {parsed_args.rows:,} orders, and three migrations: "
            f"{demo.SUBJECT}"
        )
        with tempfile.TemporaryDirectory(prefix="th-real-data-") as name:
            status = self._run(
                Path(name), reports / "real-data", parsed_args.rows
            )
        if status != FAILED:
            raise CannotJudge(
                f"the demo's build ended with {status}, and should have "
                f"found what is wrong with {demo.BAD}"
            )
        self._say(
            f"\nMigration {demo.BAD} would have hurt production: open the "
            "report in a browser.\nNext: describe a dataset of your own; "
            "doc/source/real_data.rst says how."
        )
        return 0

    def _run(self, folder: Path, results: Path, rows: int) -> int:
        demo.write_dataset(folder / "datasets" / "production", rows)
        shop = Project(folder / "shop")
        demo.write_base(shop.path)
        base = shop.commit({}, "A shop")
        subprocess.run(
            ["git", "branch", demo.RELEASE], cwd=shop.path, check=True
        )
        demo.write_change(shop.path)
        shop.commit({}, demo.SUBJECT)
        configuration = folder / "demo.conf"
        section = demo.SECTION.format(datasets=folder / "datasets")
        configuration.write_text(
            CONFIGURATION.format(
                state=str(folder / "state").replace("$", "$$"),
                section=section,
            )
        )
        self.app.stdout.flush()
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "turbo_hipster"),
                *("--config-file", str(configuration)),
                *("run", "real-data", "--project", str(shop.path)),
                *("--base", base, "--results", str(results)),
            ],
            check=False,
        )
        return ended.returncode

    def _say(self, text: str) -> None:
        self.app.stdout.write(f"{text}\n")
