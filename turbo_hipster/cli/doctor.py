"""``turbo-hipster doctor``: what would go wrong here, and the next move."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator, Sequence

from turbo_hipster import exceptions
from turbo_hipster.cli import examined
from turbo_hipster.cli.published import printable
from turbo_hipster.command import Command
from turbo_hipster.doctor import table
from turbo_hipster.doctor.words import Check, State, Told, worst

WIDTH = 79
INDENT = " " * 6


class Doctor(Command):
    """Find what would go wrong on this machine, and say what to do.

    Looks at the configuration, state_dir, disk, clock, job servers (TLS,
    certificates), functions, containment, plugins, git, publishers, and at
    what other packages know of (database servers, snapshots).  Each check
    has a process and a time limit of its own, and leaves nothing behind.

    As root the checks are made as the owner of state_dir, since root may do
    everything.  Exit status: 0 all is well, 1 there are warnings, 2 something
    will go wrong.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        examined.add_user(parser)
        parser.add_argument(
            "--network",
            action="store_true",
            help="ask hosts that are not ours, too: the origin of projects",
        )
        parser.add_argument(
            "--only",
            action="append",
            default=[],
            metavar="CHECK",
            help="make this check alone, such as 'disk'; may be repeated",
        )
        parser.add_argument(
            "-f",
            "--format",
            choices=["text", "json"],
            default="text",
            help="json: a list of objects with check, state (ok, warn, "
            "fail), sentence and advice",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Make all checks; text is shown as it comes."""
        settings, surroundings = examined.around(
            self.config_files(),
            self.config_dirs(),
            parsed_args.user,
            network=parsed_args.network,
        )
        checks = _chosen(table.checks(settings), parsed_args.only)
        people = parsed_args.format == "text"
        out = self.app.stdout
        if people and surroundings.user:
            out.write(f"Looked at as {surroundings.user}.\n")
        told: list[Told] = []
        for _check, found in examined.told(checks, surroundings):
            told += found
            if people:
                out.writelines(f"{line}\n" for line in shown(found))
                out.flush()
        if people:
            out.write(_summary(told))
        else:
            out.write(json.dumps([one.plain() for one in told], indent=2))
            out.write("\n")
        return int(worst(told))


def _chosen(checks: Sequence[Check], only: Sequence[str]) -> list[Check]:
    """Return the checks to make; RefusedInput for a name that none has."""
    names = list(dict.fromkeys(check.name for check in checks))
    for name in only:
        if name not in names:
            raise exceptions.RefusedInput(
                f"--only: there is no check {name!r}; there are "
                f"{', '.join(names)}"
            )
    return [check for check in checks if not only or check.name in only]


def shown(told: list[Told]) -> Iterator[str]:
    """Yield the lines for people."""
    for one in told:
        text = printable(f"{one.check}: {one.sentence}")
        yield from _wrapped(text, f"{one.state.word:<6}", INDENT)
        if one.advice:
            advice = printable(one.advice)
            yield from _wrapped(advice, f"{INDENT}-> ", f"{INDENT}   ")


def _wrapped(text: str, first: str, then: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _summary(told: list[Told]) -> str:
    fails = sum(one.state is State.FAIL for one in told)
    warns = sum(one.state is State.WARN for one in told)
    if not fails and not warns:
        return "All is well.\n"
    parts = []
    if fails:
        parts.append(f"{fails} will go wrong")
    if warns:
        parts.append(f"{warns} may go wrong")
    return f"{', '.join(parts)}; the arrows say what to do.\n"
