"""``turbo-hipster history limits``: limits made of what was usual."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from collections.abc import Sequence
from pathlib import Path

from turbo_hipster.command import Command
from turbo_hipster.exceptions import RefusedInput
from turbo_hipster_databases.cli import history_place
from turbo_hipster_databases.history import suggesting
from turbo_hipster_databases.history.suggesting import Suggested
from turbo_hipster_databases.history.words import Quantity

USUAL = tuple(Quantity)
SHARE = 0.99


class HistoryLimits(Command):
    """Suggest limits from what each migration took so far.

    A limit is the median of all runs and six spreads, so that one wild run
    moves nothing; with --percentile it is the value that so large a share of
    the runs did not exceed.  Of fewer than a hundred runs the 99th
    percentile is the slowest one.  A step needs five runs.  No limit is so
    low that it would hurt nobody to exceed it (a second, a tenth of one for
    a stall, 1,000 rows, 1 MiB).

      turbo-hipster history limits --dataset user_001
      turbo-hipster history limits --dataset user_001 --percentile 0.95
      turbo-hipster history limits --write /etc/turbo-hipster/limits.yaml

    The output is a file of limits, which a job reads with 'limits = PATH';
    each line says what it comes from.  What stands under a dataset's name
    may as well be pasted under 'limits' in its dataset.yaml.  Builds learn
    limits by themselves; a file is for those who want to see them, change
    them, or carry them to another machine.

    For programs: -f json.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        history_place.add_history(parser)
        history_place.add_choice(parser)
        history_place.add_quantities(parser, USUAL)
        parser.add_argument(
            "--percentile",
            type=_share,
            metavar="SHARE",
            help="take this percentile of the runs as the limit: 0.99 is "
            "what 99 of 100 did not exceed. Default: median and spread; the "
            "99th percentile is told beside it",
        )
        parser.add_argument(
            "--write",
            type=Path,
            metavar="FILE",
            help="write the file of limits instead of printing it",
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="with --write: overwrite a file that exists, whatever "
            "else stands in it",
        )
        parser.add_argument(
            "-f",
            "--format",
            choices=["yaml", "json"],
            default="yaml",
            help="yaml (a file of limits) or json. Default: yaml",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Print or write the limits."""
        if parsed_args.write and parsed_args.format != "yaml":
            raise RefusedInput("a file of limits is YAML; leave -f out")
        if parsed_args.write and not parsed_args.replace:
            _refuse_existing(parsed_args.write)
        found = self._suggested(parsed_args)
        if parsed_args.format == "json":
            rows = [
                {**dataclasses.asdict(one), "quantity": one.quantity.value}
                for one in found
            ]
            self.app.stdout.write(json.dumps(rows, indent=2) + "\n")
        elif parsed_args.write:
            _write(parsed_args.write, suggesting.text(found))
            self.app.stdout.write(
                f"{len(found)} limits written to {parsed_args.write}\n"
            )
        else:
            self.app.stdout.write(suggesting.text(found))
        if not found:
            self.app.stderr.write(
                "no step that was asked for ran five times on one engine; "
                "'turbo-hipster history show' lists what is known\n"
            )
        return 0 if found else 1

    def _suggested(self, parsed_args: argparse.Namespace) -> list[Suggested]:
        url = parsed_args.history
        history = history_place.opened(
            url, None if url else self.settings().state_dir
        )
        if history is None:
            return []
        with history:
            subjects = history_place.chosen(history, parsed_args)
            _refuse_alike(sorted({(s.dataset, s.project) for s in subjects}))
            return list(
                suggesting.suggest(
                    history,
                    subjects,
                    history_place.quantities(parsed_args.quantity, USUAL),
                    parsed_args.percentile or SHARE,
                    by_percentile=parsed_args.percentile is not None,
                )
            )


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no share; write 0.99 for the 99th percentile"
        )
    return share


def _refuse_alike(datasets: Sequence[tuple[str, str]]) -> None:
    """A file of limits knows datasets by name alone."""
    names = [dataset for dataset, _ in datasets]
    for dataset in names:
        if names.count(dataset) > 1:
            projects = [of for name, of in datasets if name == dataset]
            raise RefusedInput(
                f"{' and '.join(projects)} each have a dataset {dataset}; "
                "choose one with --project"
            )


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise RefusedInput(
            f"{file} exists, and what else stands in it would be lost; name "
            "another file, or add --replace"
        )


def _write(file: Path, text: str) -> None:
    """Write the whole file or nothing of it."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.write_text(text)
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise RefusedInput(
            f"{file} cannot be written: {error.strerror}"
        ) from None
