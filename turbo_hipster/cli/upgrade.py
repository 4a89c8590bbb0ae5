"""``turbo-hipster-status upgrade check``, as OpenStack's services have it.

The table, the JSON and the exit statuses are those of oslo.upgradecheck; the
library itself is not used, since oslo.policy and requests come with it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import textwrap
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from turbo_hipster import exceptions
from turbo_hipster.cli import examined
from turbo_hipster.cli.published import printable
from turbo_hipster.conf import find
from turbo_hipster.doctor import table
from turbo_hipster.doctor.words import State, Told, worst

TITLE = "Upgrade Check Results"
WORDS = {State.OK: "Success", State.WARN: "Warning", State.FAIL: "Failure"}
WIDTH = 60
UNEXPECTED = 255


class Result(NamedTuple):
    """What came of one check; ``details`` are there for bad news only."""

    check: str
    state: State
    details: str | None

    @classmethod
    def of(cls, name: str, told: Sequence[Told]) -> Result:
        """Make one sentence of what a check told."""
        bad = [one for one in told if one.state is not State.OK]
        details = " ".join(
            f"{_sentence(one.sentence)} {_sentence(one.advice)}".strip()
            for one in bad
        )
        return cls(name, worst(told), printable(details) or None)


def main(argv: Sequence[str] | None = None) -> int:
    """Look whether an upgraded worker can be started; return the status.

    0: nothing to do. 1: look at the warnings. 2: do not start it yet. 255:
    the check itself went wrong.
    """
    sys.excepthook = _unexpected
    parser = _parser()
    options = parser.parse_args(argv)
    named = bool(options.config_file or options.config_dir)
    files = [Path(name) for name in options.config_file]
    dirs = [Path(name) for name in options.config_dir]
    try:
        settings, surroundings = examined.around(
            files if named else find.default_files(),
            dirs if named else find.default_dirs(),
            options.user,
        )
    except exceptions.TurboHipsterError as error:
        parser.error(str(error))
    results = [
        Result.of(check.name, told)
        for check, told in examined.told(
            table.upgrade_checks(settings), surroundings
        )
    ]
    print(_json(results) if options.json else _table(results), flush=True)
    return int(max(result.state for result in results))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="turbo-hipster-status",
        description="Look whether an upgraded worker can be started. Exit "
        "status: 0 nothing to do, 1 warnings, 2 do not start it yet, 255 the "
        "check itself went wrong.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--config-file", action="append", default=[], metavar="FILE"
    )
    parser.add_argument(
        "--config-dir", action="append", default=[], metavar="DIR"
    )
    examined.add_user(parser)
    groups = parser.add_subparsers(required=True, metavar="upgrade")
    group = groups.add_parser("upgrade", help="before an upgrade")
    check = group.add_subparsers(required=True, metavar="check").add_parser(
        "check", help="make all checks"
    )
    check.add_argument(
        "--json", action="store_true", help="an object instead of a table"
    )
    return parser


def _json(results: Sequence[Result]) -> str:
    return json.dumps(
        {
            "name": TITLE,
            "checks": [
                {
                    "check": result.check,
                    "result": int(result.state),
                    "details": result.details,
                }
                for result in results
            ],
        }
    )


def _table(results: Sequence[Result]) -> str:
    cells = [[TITLE], *(_cell(result) for result in results)]
    width = max(len(line) for cell in cells for line in cell)
    rule = f"+-{'-' * width}-+"
    lines = [rule]
    for cell in cells:
        lines += [f"| {line:<{width}} |" for line in cell]
        lines.append(rule)
    return "\n".join(lines)


def _cell(result: Result) -> list[str]:
    details = textwrap.wrap(str(result.details), WIDTH, subsequent_indent="  ")
    return [
        f"Check: {result.check}",
        f"Result: {WORDS[result.state]}",
        *f"Details: {chr(10).join(details)}".splitlines(),
    ]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _unexpected(
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    """End with a status that no check has, as sys.excepthook."""
    traceback.print_exception(kind, error, trace)
    sys.stderr.flush()
    os._exit(UNEXPECTED)
