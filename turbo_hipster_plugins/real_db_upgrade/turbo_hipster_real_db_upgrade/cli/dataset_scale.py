"""``turbo-hipster dataset scale``: smaller datasets of a large one."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Mapping
from pathlib import Path

from turbo_hipster.command import Command
from turbo_hipster.exceptions import RefusedInput
from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_real_db_upgrade.cli import places
from turbo_hipster_real_db_upgrade.cli.in_build import in_build
from turbo_hipster_real_db_upgrade.cli.telling import Telling
from turbo_hipster_real_db_upgrade.datasets import (
    drafting,
    dumping,
    loading,
)
from turbo_hipster_real_db_upgrade.datasets.description import (
    Dataset,
    Manifest,
)
from turbo_hipster_real_db_upgrade.scaling import scaled

Rows = Mapping[str, int]


class DatasetScale(Command):
    """Make smaller datasets of a large one, whose keys still hold.

      turbo-hipster dataset scale user_001 --to 1 --to 10

    makes the datasets user_001-1 and user_001-10, with about 1 and 10 per
    cent of the rows. What stays is chosen by a hash of each row's key, so
    that it is always the same, and what stays of 1 % also stays of 10 %.
    Rows go with the parent that they belong to; parents of what stays do
    stay, so that tables that everybody refers to shrink less. Tables of
    fewer than 1,000 rows stay whole.

    The overlays are in the new seeds; the rows of the whole are noted as
    production's, unless the description has those. Limits and invariants
    are not taken over: they are those of the whole.

    100 is the dataset itself. For more rows than it has, see 'turbo-hipster
    dataset make'.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        places.add_options(parser)
        parser.add_argument("name", metavar="NAME", help="the large dataset")
        parser.add_argument(
            "--to",
            action="append",
            required=True,
            type=per_cent,
            metavar="PER_CENT",
            help="per cent of the rows that are to stay; may be repeated",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Make the datasets."""
        top = places.folder(self, parsed_args)
        one = places.dataset(top, parsed_args.name)
        for part in parsed_args.to:
            if part < 100:
                drafting.refuse_existing(top, _name(one, part))
        try:
            in_build(
                self,
                lambda servers, _: self._all(
                    servers, top, one, parsed_args.to
                ),
            )
        except SeedRefused as error:
            raise RefusedInput(f"{one.described_by}: {error}") from None
        return 0

    def _all(
        self, servers: Servers, top: Path, one: Dataset, parts: list[float]
    ) -> None:
        production = dict(one.production_rows) or self._whole(servers, one)
        for part in parts:
            if part < 100:
                self._make(servers, top, one, part, production)
            else:
                self._say(f"100 per cent is {one.name} itself")

    def _whole(self, servers: Servers, one: Dataset) -> Rows:
        engine, seed = next(iter(one.seeds.items()))
        Telling(self.app.stderr).say(f"loading {one.name} into {engine}")
        with loading.loaded(servers, engine, seed, one.overlays) as server:
            return loading.rows(server)

    def _make(
        self,
        servers: Servers,
        top: Path,
        one: Dataset,
        part: float,
        production: Rows,
    ) -> None:
        name = _name(one, part)
        with drafting.drafted(top, name) as folder:
            seeds: dict[str, str] = {}
            manifests: dict[str, Manifest] = {}
            for engine, seed in one.seeds.items():
                Telling(self.app.stderr).say(f"{name}: thinning on {engine}")
                with scaled(
                    servers, engine, seed, one.overlays, part / 100
                ) as (server, rows):
                    written = dumping.dump(server, folder)
                if len(one.seeds) > 1:
                    written = written.rename(
                        written.with_name(f"{engine}-{written.name}")
                    )
                made_by = f"dataset scale {one.name} --to {part:g}"
                manifests[engine] = drafting.manifest(written, rows, made_by)
                seeds[engine] = written.name
            if one.workload is not None:
                shutil.copyfile(one.workload, folder / one.workload.name)
            drafting.describe(
                folder,
                project=one.project,
                seeds=seeds,
                manifests=manifests,
                taken_at=one.taken_at,
                revision=one.revision,
                ladder=list(one.ladder),
                production_rows=dict(production),
                workload=one.workload.name if one.workload else "",
            )
        told = ", ".join(
            f"{sum(manifest.rows.values()):,} rows on {engine}"
            for engine, manifest in manifests.items()
        )
        self._say(f"{top / name}: {told}")

    def _say(self, line: str) -> None:
        self.app.stdout.write(f"{line}\n")
        self.app.stdout.flush()


def _name(one: Dataset, part: float) -> str:
    return f"{one.name}-{part:g}"


def per_cent(text: str) -> float:
    """Read a number of per cent."""
    try:
        part = float(text.removesuffix("%"))
    except ValueError:
        part = 0.0
    if not 0 < part <= 100:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no part of a dataset; write a number of per cent, "
            "more than 0 and at most 100"
        )
    return part
