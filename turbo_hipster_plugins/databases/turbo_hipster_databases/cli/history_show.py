"""``turbo-hipster history show``: what each migration cost so far."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence

from turbo_hipster.command import Lister
from turbo_hipster_databases.cli import history_place
from turbo_hipster_databases.cli.amounts import (
    show_bytes,
    show_seconds,
    show_trend,
)
from turbo_hipster_databases.history.limits import (
    Learned,
    learn,
    scaled,
    usual,
)
from turbo_hipster_databases.history.store import History
from turbo_hipster_databases.history.words import TIMES, Quantity, Subject

COLUMNS = (
    "project", "dataset", "engine", "machine", "step", "direction",
    "quantity", "n", "median", "spread", "last", "limit", "figures",
)  # fmt: skip
SIZES = (Quantity.SIZE, Quantity.LOG_BYTES)
USUAL = (Quantity.SECONDS,)
NOTHING = "-"


@dataclasses.dataclass(frozen=True, slots=True)
class _Row:
    subject: Subject
    step: str
    direction: str
    quantity: Quantity
    figures: tuple[float, ...]  # the oldest first
    learned: Learned | None

    @property
    def facts(self) -> tuple[float | None, ...]:
        """Median, spread, last and limit."""
        known = self.learned
        last = self.figures[-1]
        if known is None:
            return None, None, last, None
        return known.median, known.spread, last, known.value


class HistoryShow(Lister):
    """Show what each migration took in the builds so far.

    Builds of real_db_upgrade remember what every step of a change cost, and
    judge later ones by it.  This shows what they go by: how often a step
    ran (n), its median, its spread (a robust standard deviation), the last
    run, and the limit that a build would be held to: median and six spreads,
    once there are five runs.  "trend" draws the last twenty runs, the newest
    on the right; the lowest bar is zero.

      turbo-hipster history show --dataset user_001 --engine mariadb
      turbo-hipster history show --step '151->152' --quantity write_stall

    Only runs on the same dataset, engine and class of machines are compared;
    times are scaled by how fast the machine was.  At most the 200 newest
    runs of a step count.

    For programs: -f json, where times are seconds, sizes are bytes, and
    "figures" has every run, the oldest first.  'turbo-hipster history limits'
    makes a file of limits of it, 'turbo-hipster history import' adds runs.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        history_place.add_history(parser)
        history_place.add_choice(parser)
        parser.add_argument(
            "--step", metavar="NAME", help="only this step, as in '151->152'"
        )
        history_place.add_quantities(parser, USUAL)
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
        """Return the columns and the rows."""
        url = parsed_args.history
        history = history_place.opened(
            url, None if url else self.settings().state_dir
        )
        if history is None:
            self.app.stderr.write(
                "there is no history yet; builds of real_db_upgrade make it\n"
            )
            rows = []
        else:
            with history:
                rows = list(_rows(history, parsed_args))
        if parsed_args.formatter != "table":
            return COLUMNS, [_plain(row) for row in rows]
        return _for_people(rows)


def _rows(history: History, parsed_args: argparse.Namespace) -> Iterator[_Row]:
    wanted = history_place.quantities(parsed_args.quantity, USUAL)
    for subject in history_place.chosen(history, parsed_args):
        for direction in ("up", "down"):
            for step, _ in history.steps(subject, direction):
                if parsed_args.step in (None, step):
                    for quantity in wanted:
                        yield from _row(
                            history, subject, step, direction, quantity
                        )


def _row(
    history: History,
    subject: Subject,
    step: str,
    direction: str,
    quantity: Quantity,
) -> Iterator[_Row]:
    found = history.figures(subject, step, quantity, direction=direction)
    if not found:
        return
    speed = usual(found)
    learned = learn(quantity, found, speed)
    yield _Row(
        subject,
        step,
        direction,
        quantity,
        tuple(scaled(quantity, one, speed) for one in reversed(found)),
        learned,
    )


def _plain(row: _Row) -> Sequence[object]:
    subject = row.subject
    return (
        subject.project, subject.dataset, subject.engine, subject.machine,
        row.step, row.direction, row.quantity.value, len(row.figures),
        *row.facts, list(row.figures),
    )  # fmt: skip


def _for_people(
    rows: Sequence[_Row],
) -> tuple[Sequence[str], list[Sequence[object]]]:
    """Return what people read; a column that is the same for all is gone."""
    names: dict[str, Callable[[_Row], str]] = {
        "project": lambda row: row.subject.project,
        "dataset": lambda row: row.subject.dataset,
        "engine": lambda row: row.subject.engine,
        "machine": lambda row: row.subject.machine or "unknown",
        "step": lambda row: row.step,
        "quantity": lambda row: row.quantity.value,
    }
    always = ("dataset", "engine", "step")
    kept = {
        name: of_row
        for name, of_row in names.items()
        if name in always or len({of_row(row) for row in rows}) > 1
    }
    columns = (*kept, "n", "median", "spread", "last", "limit", "trend")
    return columns, [
        (
            *(of_row(row) for of_row in kept.values()),
            len(row.figures),
            *(_shown(row, fact) for fact in row.facts),
            show_trend(row.figures),
        )
        for row in rows
    ]


def _shown(row: _Row, value: float | None) -> str:
    if value is None:
        return NOTHING
    if row.quantity in TIMES:
        return show_seconds(value)
    if row.quantity in SIZES:
        return show_bytes(round(value))
    return f"{value:,.0f}"
