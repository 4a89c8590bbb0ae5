"""``turbo-hipster dataset add``: a dump becomes a dataset."""

from __future__ import annotations

import argparse
import datetime
import os
from collections.abc import Mapping
from pathlib import Path

from turbo_hipster.command import Command
from turbo_hipster.exceptions import RefusedInput
from turbo_hipster_databases import plugins
from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.seeds import kinds
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_real_db_upgrade.cli import places
from turbo_hipster_real_db_upgrade.cli.in_build import in_build
from turbo_hipster_real_db_upgrade.cli.telling import Telling
from turbo_hipster_real_db_upgrade.datasets import drafting, loading

SUFFIXES = {
    kinds.SQL: ".sql", kinds.ARCHIVE: ".dump", kinds.DATABASE: ".sqlite",
}  # fmt: skip
PACKED = {"": "", "gzip": ".gz", "zstd": ".zst"}


class DatasetAdd(Command):
    r"""Make a dataset of a dump.

    The dump is copied into a folder of its own, beside the other datasets,
    with a dataset.yaml that says what it is: the project, the engine, when
    the data were taken, and the size and sha256 of the file. Limits, ladder,
    overlays and the rest are yours to add there.

    A dump is SQL text (as it is, or packed with gzip or zstd), an archive of
    'pg_dump --format=custom', or an SQLite file. Take everything out of it
    that nobody may see: reports show no values, but whoever can read this
    folder can read them all.

      turbo-hipster dataset add user_001 --from nova.sql.gz \
          --engine mariadb --project openstack/nova --revision 390

    --load tries it: the dump is loaded into a private server, and its rows
    are counted and noted. The dataset is there completely or not at all,
    and one that is there is never overwritten.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        places.add_options(parser)
        parser.add_argument("name", metavar="NAME", help="its name")
        parser.add_argument(
            "--from", dest="dump", metavar="DUMP", type=Path, required=True
        )
        parser.add_argument(
            "--engine",
            required=True,
            help="the kind of server that loads it: "
            + ", ".join(plugins.names(plugins.ENGINES)),
        )
        parser.add_argument(
            "--project",
            required=True,
            help="the project whose changes are judged on it",
        )
        parser.add_argument(
            "--taken-at",
            metavar="DATE",
            type=day,
            help="when the data were taken (default: the dump's own date)",
        )
        parser.add_argument(
            "--revision",
            default="",
            help="the revision of the schema in it, for the reader",
        )
        parser.add_argument(
            "--link",
            action="store_true",
            help="link to the dump instead of copying it: it stays where it "
            "is, and must not change",
        )
        parser.add_argument(
            "--load",
            action="store_true",
            help="load it into a private server, and count its rows",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Make the dataset."""
        told = parsed_args
        top, dump = places.folder(self, told), told.dump.absolute()
        drafting.refuse_existing(top, told.name)
        name = _file_name(dump, told.engine)
        telling = Telling(self.app.stderr)
        with drafting.drafted(top, told.name) as folder:
            seed = folder / name
            if told.link:
                seed.symlink_to(dump)
            else:
                drafting.copied(dump, seed, telling.bytes)
            rows: Mapping[str, int] = {}
            if told.load:
                telling.say(f"loading {dump.name} into {told.engine}")
                rows = self._rows(told.engine, seed)
            manifest = drafting.manifest(seed, rows, "dataset add")
            drafting.describe(
                folder,
                project=told.project,
                seeds={told.engine: name},
                manifests={told.engine: manifest},
                taken_at=told.taken_at or _date_of(dump),
                revision=told.revision,
            )
        self.app.stdout.write(
            f"{top / told.name}: {name}, {manifest.bytes:,} bytes"
            + (f", {sum(rows.values()):,} rows" if rows else "")
            + "\n"
        )
        return 0

    def _rows(self, engine: str, seed: Path) -> Mapping[str, int]:
        def count(servers: Servers, _: object) -> Mapping[str, int]:
            with loading.loaded(servers, engine, seed, ()) as server:
                return loading.rows(server)

        try:
            return in_build(self, count)
        except SeedRefused as error:
            raise RefusedInput(str(error)) from None


def day(text: str) -> datetime.date:
    """Read a date, for an option."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no date; one looks like 2026-10-01"
        ) from None


def _file_name(dump: Path, engine: str) -> str:
    """Return the seed's name; raises RefusedInput if it cannot be one."""
    known = plugins.names(plugins.ENGINES)
    if engine not in known:
        raise RefusedInput(
            f"there is no engine {engine!r}; there are {', '.join(known)}"
        )
    if not dump.is_file() or not os.access(dump, os.R_OK):
        raise RefusedInput(f"{dump} is no file that can be read")
    try:
        kind = kinds.examine(dump)
    except SeedRefused as error:
        raise RefusedInput(str(error)) from None
    if kind.engines() and engine not in kind.engines():
        raise RefusedInput(
            f"{dump} ({kind}) cannot be loaded by {engine}; "
            f"{' and '.join(kind.engines())} can"
        )
    return f"seed{SUFFIXES[kind.form]}{PACKED[kind.packing]}"


def _date_of(dump: Path) -> datetime.date:
    changed = dump.stat().st_mtime
    return datetime.datetime.fromtimestamp(changed).date()
