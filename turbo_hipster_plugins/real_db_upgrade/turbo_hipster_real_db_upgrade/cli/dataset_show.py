"""``turbo-hipster dataset show``: one dataset, in full."""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from turbo_hipster.command import Lister
from turbo_hipster_databases.cli.amounts import show_bytes, show_time
from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.seeds import kinds
from turbo_hipster_databases.snapshots import Store
from turbo_hipster_real_db_upgrade.cli import places
from turbo_hipster_real_db_upgrade.climbing import layers
from turbo_hipster_real_db_upgrade.datasets.description import Dataset, Limits

COLUMNS = ("what", "value")
SNAPSHOTS = Path("plugins", "databases", "snapshots")


class DatasetShow(Lister):
    """Show what is known of a dataset.

    Its project, each engine's seed with its size, how old the data are, the
    revision of their schema, the rows that production has, the limits and
    invariants that builds hold changes to, the ladder that the data climb
    first, and what is kept for it below the state directory: the loaded seed
    and the layers that lie upon it.

      turbo-hipster dataset show user_001 --datasets-dir /srv/datasets

    With -f json the rows are the same.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        places.add_options(parser)
        parser.add_argument("name", metavar="NAME", help="the dataset's name")
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
        """Return the columns and the rows."""
        top = places.folder(self, parsed_args)
        one = places.dataset(top, parsed_args.name)
        rows = [*_described(one), *_seeds(one)]
        rows += _kept(one, self.settings().state_dir / SNAPSHOTS)
        return COLUMNS, rows


def _described(one: Dataset) -> Iterator[tuple[str, object]]:
    yield "name", one.name
    yield "project", one.project
    yield "described by", str(one.described_by)
    if one.taken_at is not None:
        days = (datetime.datetime.now().date() - one.taken_at).days
        yield "taken at", f"{one.taken_at}, {days} days ago"
    yield "revision", one.revision or "not said"
    yield "ladder", ", ".join(one.ladder) or "the job's"
    for table, rows in one.production_rows.items():
        yield f"production rows of {table}", f"{rows:,}"
    for quantity, limits in one.limits.items():
        yield f"limit of {quantity.value}", _limits(limits)
    for invariant in one.invariants:
        wanted = "stays" if invariant.stays else f"is {invariant.value}"
        yield f"invariant: {wanted}", invariant.query
    for file in one.overlays:
        yield "overlay", _file(file)
    if one.workload is not None:
        yield "workload", _file(one.workload)


def _limits(limits: Limits) -> str:
    told = [] if limits.default is None else [f"{limits.default:g}"]
    told += [f"{step}: {most:g}" for step, most in limits.steps.items()]
    return ", ".join(told)


def _file(file: Path) -> str:
    return f"{file.name}, {show_bytes(file.stat().st_size)}"


def _seeds(one: Dataset) -> Iterator[tuple[str, object]]:
    for engine, file in one.seeds.items():
        try:
            kind = str(kinds.examine(file))
        except SeedRefused as error:
            kind = str(error)
        yield f"seed of {engine}", f"{_file(file)}, {kind}"
        told = one.manifest.get(engine)
        if told is None:
            continue
        if told.made_by:
            yield f"seed of {engine}: made by", told.made_by
        yield f"seed of {engine}: sha256", told.sha256
        for table, rows in told.rows.items():
            yield f"seed of {engine}: rows of {table}", f"{rows:,}"


def _kept(one: Dataset, folder: Path) -> Iterator[tuple[str, object]]:
    """Yield the snapshots that were made of its seeds, and their layers."""
    if not folder.is_dir():
        return
    known = _known(folder)
    mine = {told.sha256 for told in one.manifest.values()}
    mine |= {
        known[path]
        for path in (str(file.absolute()) for file in one.seeds.values())
        if path in known
    }
    entries = Store(folder).list()
    keys = {
        entry.snapshot.key
        for entry in entries
        if mine.intersection(entry.snapshot.manifest.made_from)
    }
    names = layers.upon(folder.with_name(layers.FOLDER), keys)
    for entry in entries:
        snapshot = entry.snapshot
        *_, digest = ("", *snapshot.manifest.made_from)
        if snapshot.key in keys:
            what = "kept: seed, loaded"
        elif digest in names:
            what = f"kept: layer, {names[digest]}"
        elif keys.intersection(snapshot.below):
            what = "kept: layer upon it"
        else:
            continue
        yield (
            what,
            f"{snapshot}, {show_bytes(snapshot.bytes)}, last used "
            f"{show_time(entry.last_use)}",
        )


def _known(folder: Path) -> Mapping[str, str]:
    """Return the sha256 of the seeds that builds have read, by path."""
    try:
        told = json.loads((folder / "seeds.json").read_text())
        return {path: str(row[-1]) for path, row in told.items()}
    except (OSError, ValueError, AttributeError, IndexError, TypeError):
        return {}
