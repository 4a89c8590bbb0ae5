"""``turbo-hipster snapshot prune``: make room."""

from __future__ import annotations

import argparse
import time

from turbo_hipster.command import Command
from turbo_hipster.exceptions import RefusedInput
from turbo_hipster_databases.cli import places
from turbo_hipster_databases.cli.amounts import (
    parse_bytes,
    show_bytes,
    show_time,
)
from turbo_hipster_databases.snapshots import Entry, pruning

DAY = 24 * 3600.0


class SnapshotPrune(Command):
    """Remove database snapshots that no build uses right now.

    Builds do this by themselves when the disk runs short; this is for those
    who want room before that.  It is safe while builds run: what one clones
    or runs on stays, and so does what a layer that stays lies upon.  What is
    removed is made anew by the next build that needs it, which takes that
    build as long as loading the seed.

    Say what to remove:

      turbo-hipster snapshot prune --older 30     not used for 30 days
      turbo-hipster snapshot prune --keep 50GiB   the least recently used,
                                                  until 50 GiB are left
      turbo-hipster snapshot prune --all          all that are not in use

    With --older and --keep both are done.  --dry-run only tells.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--keep",
            type=parse_bytes,
            metavar="BYTES",
            help="remove the least recently used until the rest takes at "
            "most this much: 50GiB, 500MiB, or a number of bytes",
        )
        parser.add_argument(
            "--older",
            type=float,
            metavar="DAYS",
            help="remove what was not used for so many days",
        )
        parser.add_argument(
            "--all", action="store_true", help="remove all, as --keep 0"
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="say what would be removed, and remove nothing",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Remove, and say what."""
        keep = 0 if parsed_args.all else parsed_args.keep
        if keep is None and parsed_args.older is None:
            raise RefusedInput(
                "say what to remove: --older DAYS, --keep BYTES or --all; "
                "'turbo-hipster snapshot prune --help' explains them"
            )
        before = None
        if parsed_args.older is not None:
            before = time.time() - parsed_args.older * DAY
        dry = parsed_args.dry_run
        store = places.store(self.settings().state_dir, change=not dry)
        if not dry:
            pruning.sweep(store.folder)
        removed = [
            entry
            for entry in pruning.choose(store.list(), keep=keep, before=before)
            if dry or store.drop(entry.snapshot)
        ]
        for entry in removed:
            self._say(_told(entry))
        total = show_bytes(sum(entry.snapshot.bytes for entry in removed))
        what = f"{len(removed)} snapshot{'s' * (len(removed) != 1)}, {total}"
        self._say(f"{'would remove' if dry else 'removed'} {what}")
        return 0

    def _say(self, line: str) -> None:
        self.app.stdout.write(f"{line}\n")


def _told(entry: Entry) -> str:
    return (
        f"{entry.snapshot}, {show_bytes(entry.snapshot.bytes)}, last used "
        f"{show_time(entry.last_use)}"
    )
