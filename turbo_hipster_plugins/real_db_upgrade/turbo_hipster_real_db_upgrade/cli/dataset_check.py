"""``turbo-hipster dataset check``: whether builds can use them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence

from turbo_hipster.command import Lister
from turbo_hipster.exceptions import CannotJudge, PluginError
from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_real_db_upgrade.cli import places
from turbo_hipster_real_db_upgrade.cli.in_build import in_build
from turbo_hipster_real_db_upgrade.cli.telling import Telling
from turbo_hipster_real_db_upgrade.datasets import checking, loading
from turbo_hipster_real_db_upgrade.datasets.description import Dataset
from turbo_hipster_real_db_upgrade.datasets.finding import Refused

COLUMNS = ("dataset", "engine", "state", "rows", "what")
OK, WRONG, UNKNOWN = "ok", "wrong", "not checked"

Row = tuple[str, str, str, object, str]


class DatasetCheck(Lister):
    """Check that builds can use the datasets of a folder.

    Of each dataset: the description can be read, every file that it names is
    there, each seed is something that its engine loads, and is as large as
    it was when a command wrote it. That takes no time, however large they
    are.

    With --load each seed is also loaded into a private server, its rows are
    counted and its sha256 is held against the one that was noted. That
    takes as long as the first build on it would, which then need not do it.

      turbo-hipster dataset check --datasets-dir /srv/datasets
      turbo-hipster dataset check --job real-data --load user_001

    Each mistake names the file and the key. Ends with 1 if there is one, and
    with 75 if a seed could not be loaded by no fault of its own: the server
    is not installed, say.
    """

    status = 0

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        places.add_options(parser)
        parser.add_argument(
            "names",
            nargs="*",
            metavar="NAME",
            help="check these datasets alone (default: all)",
        )
        parser.add_argument(
            "--load",
            action="store_true",
            help="load each seed into a private server and count its rows",
        )
        return parser

    def run(self, parsed_args: argparse.Namespace) -> int:
        """Check; 1 if a dataset is wrong."""
        return super().run(parsed_args) or self.status

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
        """Return the columns and the rows."""
        top = places.folder(self, parsed_args)
        found: list[Dataset | Refused] = places.every(top)
        if parsed_args.names:
            found = [
                next(
                    (
                        one
                        for one in found
                        if isinstance(one, Refused) and one.folder.name == name
                    ),
                    None,
                )
                or places.dataset(top, name)
                for name in parsed_args.names
            ]
        if parsed_args.load:
            rows = in_build(self, lambda servers, _: self._all(found, servers))
        else:
            rows = self._all(found, None)
        states = {row[2] for row in rows}
        if WRONG in states:
            self.status = 1
        elif UNKNOWN in states:
            self.status = CannotJudge.exit_status
        return COLUMNS, rows

    def _all(
        self, found: Sequence[Dataset | Refused], servers: Servers | None
    ) -> list[Row]:
        return [row for one in found for row in self._of(one, servers)]

    def _of(
        self, one: Dataset | Refused, servers: Servers | None
    ) -> Iterator[Row]:
        if isinstance(one, Refused):
            yield one.folder.name, "", WRONG, "", one.why
            return
        for what in checking.overlays(one):
            yield one.name, "", WRONG, "", what
        for engine in one.seeds:
            mistakes = list(checking.seed(one, engine))
            rows: object = ""
            if servers is not None and not mistakes:
                mistakes = list(checking.content(one, engine))
            if servers is not None and not mistakes:
                try:
                    rows = self._load(one, engine, servers)
                except SeedRefused as error:
                    mistakes.append(f"{one.described_by}: seed: {error}")
                except (CannotJudge, PluginError) as error:
                    yield one.name, engine, UNKNOWN, "", str(error)
                    continue
            for what in mistakes:
                yield one.name, engine, WRONG, "", what
            if not mistakes:
                yield one.name, engine, OK, rows, ""

    def _load(self, one: Dataset, engine: str, servers: Servers) -> int:
        Telling(self.app.stderr).say(f"loading {one.name} into {engine}")
        seed = one.seeds[engine]
        with loading.loaded(servers, engine, seed, one.overlays) as server:
            return sum(loading.rows(server).values())
