"""``turbo-hipster dataset make``: a dataset out of nothing but a schema."""

from __future__ import annotations

import argparse
import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

from turbo_hipster.command import Command
from turbo_hipster.exceptions import RefusedInput
from turbo_hipster_databases import plugins
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.projects import options as project
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_real_db_upgrade.cli import places
from turbo_hipster_real_db_upgrade.cli.in_build import in_build
from turbo_hipster_real_db_upgrade.cli.telling import Telling
from turbo_hipster_real_db_upgrade.datasets import drafting, dumping
from turbo_hipster_real_db_upgrade.making import fill
from turbo_hipster_real_db_upgrade.making.migrating import migrated

UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}
OPTIONS = [one for one in project.OPTIONS if one.name != "prepare"]


class DatasetMake(Command):
    r"""Fill an empty schema with rows, and make a dataset of it.

    For when there is no production yet, or none that may leave its house.
    Primary keys, unique keys and foreign keys of the rows hold, and so do
    NOT NULL, types, enumerations and check constraints of simple form. The
    values themselves mean nothing. The same --seed makes the same rows.

    The schema is a file (SQL, or an SQLite file):

      turbo-hipster dataset make big --schema schema.sql --engine sqlite \
          --project shop --rows 1M --rows-of countries=200

    or what the project's own migrations make, with the tool and the
    requirements of a job of the configuration, up to a revision:

      turbo-hipster dataset make big --job real-data --repository ~/shop \
          --revision 390 --engine mariadb --project shop --rows 1M

    Rows that are in the schema already stay. A table whose keys allow no
    more rows gets those it can have. What cannot be filled is refused with
    the table's and the column's name; --rows-of TABLE=0 leaves a table out.
    The dataset is there completely or not at all, and one that is there is
    never overwritten.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        places.add_options(parser)
        parser.add_argument("name", metavar="NAME", help="its name")
        parser.add_argument("--engine", required=True, help="kind of server")
        parser.add_argument(
            "--project",
            required=True,
            help="the project whose changes are judged on it",
        )
        parser.add_argument(
            "--rows",
            required=True,
            type=count,
            metavar="N",
            help="rows of each table: 1000000, 1M, 250k",
        )
        parser.add_argument(
            "--rows-of",
            action="append",
            default=[],
            type=count_of,
            metavar="TABLE=N",
            help="rows of one table; may be repeated",
        )
        parser.add_argument(
            "--seed",
            type=int,
            default=0,
            metavar="INT",
            help="another one makes other rows (default: %(default)s)",
        )
        parser.add_argument(
            "--schema",
            type=Path,
            metavar="FILE",
            help="what makes the tables: SQL, or an SQLite file",
        )
        parser.add_argument(
            "--repository",
            type=Path,
            metavar="PATH",
            help="the project's git repository, whose HEAD has the migrations",
        )
        parser.add_argument(
            "--revision",
            default="",
            help="the last migration to run (default: the newest)",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Make the dataset."""
        told = parsed_args
        if (told.schema is None) == (told.repository is None):
            raise RefusedInput(
                "say where the schema comes from: --schema FILE, or "
                "--repository PATH with --job JOB"
            )
        if told.engine not in plugins.names(plugins.ENGINES):
            raise RefusedInput(
                f"there is no engine {told.engine!r}; there are "
                + ", ".join(plugins.names(plugins.ENGINES))
            )
        top = places.folder(self, told)
        drafting.refuse_existing(top, told.name)
        with drafting.drafted(top, told.name) as folder:
            seed, rows, revision = self._made(told, folder)
            made_by = f"dataset make --rows {told.rows} --seed {told.seed}"
            manifest = drafting.manifest(seed, rows, made_by)
            drafting.describe(
                folder,
                project=told.project,
                seeds={told.engine: seed.name},
                manifests={told.engine: manifest},
                taken_at=datetime.datetime.now().date(),
                revision=revision,
            )
        fewer = [
            f"{table} has {rows[table]:,} rows: its keys allow no more"
            for table, wanted in self._wanted(told, rows).items()
            if rows[table] < wanted
        ]
        self.app.stdout.write(
            "".join(f"{line}\n" for line in fewer)
            + f"{top / told.name}: {seed.name}, {manifest.bytes:,} bytes, "
            f"{sum(rows.values()):,} rows in {len(rows)} tables\n"
        )
        return 0

    def _wanted(
        self, told: argparse.Namespace, rows: Mapping[str, int]
    ) -> Mapping[str, int]:
        given = dict(told.rows_of)
        return {table: given.get(table, told.rows) for table in rows}

    def _made(
        self, told: argparse.Namespace, folder: Path
    ) -> tuple[Path, Mapping[str, int], str]:
        """Return the seed, its rows and its revision."""
        telling = Telling(self.app.stderr)
        schema = None if told.schema is None else told.schema.absolute()

        def work(
            servers: Servers, settings: SimpleNamespace
        ) -> tuple[Path, Mapping[str, int], str]:
            if schema is not None:
                server, revision = _with_schema(servers, told.engine, schema)
                revision = told.revision
            else:
                server, revision = migrated(
                    servers,
                    settings,
                    told.engine,
                    told.revision,
                    telling.steps,
                )
            connection = server.connect()
            try:
                rows = fill(
                    told.engine,
                    connection,
                    told.rows,
                    rows_of=dict(told.rows_of),
                    seed=told.seed,
                    progress=telling.rows,
                )
            finally:
                connection.close()
            telling.say(f"writing {sum(rows.values()):,} rows into a file")
            return dumping.dump(server, folder), rows, revision

        if schema is not None:
            return in_build(self, work)
        return in_build(
            self,
            work,
            options=OPTIONS,
            raw=self._job(told.job),
            repository=told.repository.absolute(),
        )

    def _job(self, name: str | None) -> Mapping[str, list[str]]:
        """Return what a job says of the project's tool."""
        jobs = self.settings().jobs
        if name is None or name not in jobs:
            raise RefusedInput(
                "name the job whose tool runs the migrations: --job JOB; "
                f"there are {', '.join(jobs) or 'none'}"
            )
        known = {option.name for option in OPTIONS}
        return {
            key: list(values)
            for key, values in jobs[name].raw.items()
            if key in known
        }


def _with_schema(
    servers: Servers, engine_name: str, schema: Path
) -> tuple[Server, str]:
    engine = plugins.engine(engine_name)
    server = servers.empty(engine)
    try:
        engine.load(server, schema)
    except (SeedRefused, OSError) as error:
        raise RefusedInput(str(error).replace("seed", "schema")) from error
    return server, ""


def count(text: str) -> int:
    """Read a number of rows."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([kMG]?)", text.replace("_", ""))
    if not found:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no number of rows; write 1000000, 1M or 250k"
        )
    return round(float(found[1]) * UNITS[found[2]])


def count_of(text: str) -> tuple[str, int]:
    """Read a table with its number of rows."""
    table, equals, number = text.rpartition("=")
    if not equals or not table:
        raise argparse.ArgumentTypeError(f"{text!r} is not TABLE=N")
    return table, count(number)
