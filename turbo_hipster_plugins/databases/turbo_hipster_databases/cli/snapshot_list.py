"""``turbo-hipster snapshot list``: what is kept to be cloned."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence

from turbo_hipster.command import Lister
from turbo_hipster_databases.cli import places
from turbo_hipster_databases.cli.amounts import show_bytes, show_time
from turbo_hipster_databases.seeds import identity
from turbo_hipster_databases.snapshots import Entry

COLUMNS = (
    "key", "engine", "version", "made from", "size", "last use", "in use",
)  # fmt: skip


class SnapshotList(Lister):
    """Show the database snapshots that builds clone.

    A snapshot is the data directory of a server that was shut down: an empty
    one, one with a seed loaded, or the layer that some migrations left upon
    another.  Builds make them when they are first needed and clone them from
    then on.  The most recently used is shown first.

    "made from" is "empty", or the seed: its name, if it is known, else the
    beginning of its sha256, with "+1" for an overlay.  "size" is what it
    takes by itself.  "in use" says that a build clones it or runs on it
    right now.

    For programs: -f json, where sizes are bytes and times are seconds since
    the epoch.  'turbo-hipster snapshot prune' makes room.
    """

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
        """Return the columns and the rows."""
        store = places.store(self.settings().state_dir, change=False)
        if parsed_args.formatter != "table":
            return COLUMNS, [_plain(entry) for entry in store.list()]
        names = identity.names(store.folder)
        return COLUMNS, [_shown(entry, names) for entry in store.list()]


def _plain(entry: Entry) -> Sequence[object]:
    snapshot, told = entry.snapshot, entry.snapshot.manifest
    return (
        snapshot.key,
        told.engine,
        told.version,
        list(told.made_from),
        snapshot.bytes,
        entry.last_use,
        entry.in_use,
    )


def _shown(entry: Entry, names: Mapping[str, str]) -> Sequence[object]:
    snapshot, told = entry.snapshot, entry.snapshot.manifest
    first, *more = told.made_from
    made_from = names.get(first, first[:12]) + f" +{len(more)}" * bool(more)
    return (
        snapshot.key,
        told.engine,
        told.version,
        made_from + " (layer)" * bool(snapshot.below),
        show_bytes(snapshot.bytes),
        show_time(entry.last_use),
        "yes" if entry.in_use else "",
    )
