"""``turbo-hipster dataset list``: the datasets of a folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

from turbo_hipster.command import Lister
from turbo_hipster_databases.cli.amounts import show_bytes
from turbo_hipster_real_db_upgrade.cli import places
from turbo_hipster_real_db_upgrade.datasets.description import Dataset
from turbo_hipster_real_db_upgrade.datasets.finding import Refused

COLUMNS = (
    "name", "project", "engines", "taken at", "revision", "size", "rows",
    "state",
)  # fmt: skip


class DatasetList(Lister):
    """Show the datasets of a folder.

    A dataset is a folder with a dataset.yaml, or with the config.json of
    2014.  "size" is that of its seeds, "rows" are those of the largest seed,
    where a command counted them.  "state" is "ok" if the description can be
    read; else it says what is wrong, and builds leave the dataset out.
    'turbo-hipster dataset check' looks at the seeds as well.

      turbo-hipster dataset list --datasets-dir /srv/datasets
      turbo-hipster dataset list --job real-data -f json

    With -f json sizes are bytes.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        places.add_options(parser)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
        """Return the columns and the rows."""
        plain = parsed_args.formatter != "table"
        found = places.every(places.folder(self, parsed_args))
        return COLUMNS, [_row(one, plain) for one in found]


def _row(one: Dataset | Refused, plain: bool) -> Sequence[object]:
    if isinstance(one, Refused):
        nothing = None if plain else ""
        return (one.folder.name, *(nothing,) * 6, one.why)
    size = sum(seed.stat().st_size for seed in one.seeds.values())
    rows = max(
        (sum(m.rows.values()) for m in one.manifest.values()), default=0
    )
    engines = sorted(one.seeds)
    if plain:
        taken = one.taken_at.isoformat() if one.taken_at else None
        return (
            one.name, one.project, engines, taken, one.revision, size, rows,
            "ok",
        )  # fmt: skip
    return (
        one.name,
        one.project,
        ", ".join(engines),
        one.taken_at or "",
        one.revision,
        show_bytes(size),
        f"{rows:,}" if rows else "",
        "ok",
    )
