"""``turbo-hipster history import``: builds of long ago count too."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from turbo_hipster import exceptions
from turbo_hipster.command import Lister
from turbo_hipster_databases import calibration
from turbo_hipster_databases.cli import history_place
from turbo_hipster_databases.history import importing
from turbo_hipster_databases.history.importing import NoLog, Said, Unreadable
from turbo_hipster_databases.history.store import History

COLUMNS = ("file", "result", "dataset", "engine", "steps", "why")
TAKEN, KNOWN, REFUSED = "taken", "known already", "not read"


class HistoryImport(Lister):
    r"""Add the migrations of earlier builds to the history.

    PATH is a file, or a folder that is looked through with all its folders.
    Two kinds of files are read:

      logs of the first turbo-hipster (2013 and on), plain or .gz: they say
      when each migration began and ended, and count rows; project, engine
      and dataset stand in their path
      (.../real-db-upgrade_nova_mysql_user_001/...)

      report.json of builds of real_db_upgrade, plain or .gz

      turbo-hipster history import /srv/logs
      turbo-hipster history import old.log --project openstack/nova \
          --dataset user_001 --engine mariadb

    A build that is known already is not taken twice, wherever its file
    lies.  Other files in a folder are passed over.  --project, --dataset and
    --engine go before what path or report say.

    No file says on which machine it was made.  Without --machine its figures
    are shown, and limits are suggested from them, but no build is judged by
    them; '--machine here' says that it was one like this.

    Exit status: 0, or 1 if something could not be read, or 2.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        history_place.add_history(parser)
        for name, what in (
            ("project", "they are of this project"),
            ("dataset", "they ran on this dataset"),
            ("engine", "they ran on this engine"),
            ("machine", "they ran on this class of machines; 'here': on one "
             "like this"),
        ):  # fmt: skip
            parser.add_argument(f"--{name}", metavar="NAME", help=what)
        return parser

    def run(self, parsed_args: argparse.Namespace) -> int:
        """Run, and end with 1 if something could not be read."""
        self._refused = 0
        return super().run(parsed_args) or (1 if self._refused else 0)

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
        """Import, and return a row for each file."""
        url, machine = parsed_args.history, parsed_args.machine
        said = Said(
            parsed_args.project,
            parsed_args.dataset,
            parsed_args.engine,
            calibration.machine_class() if machine == "here" else machine,
        )
        _refuse_unusable(said)
        rows: list[Sequence[object]] = []
        passed_over = 0
        with history_place.made(
            url, None if url else self.settings().state_dir
        ) as history:
            for source in importing.sources(parsed_args.paths):
                try:
                    if source.why:
                        raise Unreadable(source.why)
                    rows += _imported(history, source.path, said)
                except Unreadable as error:
                    if isinstance(error, NoLog) and not source.named:
                        passed_over += 1
                        continue
                    self._refused += 1
                    rows.append(
                        (str(source.path), REFUSED, "", "", 0, str(error))
                    )
        self._sum_up(rows, passed_over)
        return COLUMNS, rows

    def _sum_up(
        self, rows: Sequence[Sequence[object]], passed_over: int
    ) -> None:
        results = [row[1] for row in rows]
        told = [
            f"{results.count(one)} {one}" for one in (TAKEN, KNOWN, REFUSED)
        ]
        told.append(f"{passed_over} other files passed over")
        self.app.stderr.write(f"{', '.join(told)}\n")


def _imported(
    history: History, path: Path, said: Said
) -> list[Sequence[object]]:
    return [
        (
            str(path),
            TAKEN if history.add(run) else KNOWN,
            run.subject.dataset,
            run.subject.engine,
            len(run.steps),
            "",
        )
        for run in importing.read(path, said)
    ]


def _refuse_unusable(said: Said) -> None:
    """Refuse names that history's columns do not hold."""
    for name, most in (
        ("project", 255), ("dataset", 100), ("engine", 40), ("machine", 100),
    ):  # fmt: skip
        value = getattr(said, name)
        if value is not None and not 0 < len(value) <= most:
            raise exceptions.RefusedInput(
                f"--{name} has {len(value)} characters; 1 to {most} will do"
            )
