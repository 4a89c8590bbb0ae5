"""``turbo-hipster submit``: ask a Gearman server for a build."""

from __future__ import annotations

import argparse
import json
import os
import time
import uuid
from pathlib import Path
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.cli import (
    at_servers,
    fetched,
    published,
    rendering,
    statuses,
    views,
)
from turbo_hipster.cli.follow import Ending, Follower
from turbo_hipster.cli.progress import Progress
from turbo_hipster.cli.wakeup import Interrupts
from turbo_hipster.command import Command
from turbo_hipster.gearman import client

SHORTHANDS = {
    "project": ("ZUUL_PROJECT", "PROJECT", "the project's name"),
    "ref": ("ZUUL_REF", "REF", "the ref to build, fetched from --url"),
    "url": ("ZUUL_URL", "URL", "where projects can be fetched: URL/PROJECT"),
    "branch": ("ZUUL_BRANCH", "BRANCH", "the branch the change is for"),
}


class Submit(Command):
    """Submit a job to a Gearman server, and follow it to its end.

    Shows the step it is in, the verdict, the report's URL and the end of the
    log, if that can be read from here.  Ctrl-C cancels the build and waits
    for its end; a second Ctrl-C leaves at once.

    In a CI system the report is also written as that system reads it: as
    summary and annotations in GitHub Actions, as code quality report and
    folded logs in GitLab CI, as data for zuul_return in Zuul 3 and later.
    --render asks for more, or for nothing.

    Exit status: 0 success, 1 the change failed, 2 the request was refused,
    3 passed but not published or a view that --render named could not be
    written, 69 no server or no worker for the job, 75 could not judge (try
    again), 124 timed out, 130 cancelled.

    Example: turbo-hipster submit unit --project shop --ref refs/heads/fix
    --url https://git.example.org
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "job", help="name of the job; JOB:LABEL for a label of it"
        )
        parser.add_argument(
            "--param",
            metavar="NAME=VALUE",
            action="append",
            default=[],
            help="a job parameter; may be repeated, the last one wins",
        )
        parser.add_argument(
            "--params-file",
            metavar="FILE",
            help="a JSON object with job parameters; --param goes over it",
        )
        for option, (name, metavar, words) in SHORTHANDS.items():
            parser.add_argument(
                f"--{option}", metavar=metavar, help=f"{words} ({name})"
            )
        at_servers.add_option(
            parser, "the first one with a worker for the job is used"
        )
        parser.add_argument(
            "--tail",
            metavar="LINES",
            type=int,
            default=15,
            help="lines of the published log to show (default: %(default)s)",
        )
        parser.add_argument(
            "-f",
            "--format",
            choices=["text", "json"],
            default="text",
            help="json: one object at the end, for programs",
        )
        views.add_option(parser)
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Submit, follow, conclude, and render what is wanted here."""
        out, text = self.app.stdout, parsed_args.format == "text"
        wanted = views.chosen(parsed_args.render, os.environ, aloud=text)
        obeyed = os.environ if text else {}
        with rendering.shielded(out, obeyed):
            ending, url, job = self._build(parsed_args)
        if not wanted:
            return ending.status
        with fetched.at_hand(url) as there:
            report, folder = rendering.read(
                there, job, ending.verdict, filter(None, [ending.sentence])
            )
            complete = rendering.render(wanted, report, folder, out, url)
        return ending.status or (0 if complete else statuses.NOT_PUBLISHED)

    def _build(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Ending, str, str]:
        """Return how it ended, where its results are, and the job's name."""
        settings = at_servers.chosen(
            self.settings().gearman, parsed_args.server
        )
        parameters = _parameters(parsed_args)
        unique = str(parameters.setdefault("ZUUL_UUID", uuid.uuid4().hex))
        job = parsed_args.job.removeprefix("build:")
        progress = Progress(self.app.stderr)
        began = time.monotonic()
        with (
            Interrupts() as interrupts,
            client.submit(
                settings, f"build:{job}", parameters, unique
            ) as sent,
        ):
            host, port = sent.server
            progress.say(f"{job} is queued at {host}:{port} as {unique}")
            ending = Follower(settings, sent, progress, interrupts).follow()
        seconds = time.monotonic() - began
        url = published.printable(str(ending.facts.get("url") or ""))
        told = {
            "job": job,
            "unique": unique,
            "server": f"{host}:{port}",
            "verdict": ending.word,
            "result": ending.result or None,
            "sentence": ending.sentence,
            "url": url or None,
            "worker": ending.facts.get("worker_name"),
            "number": ending.facts.get("number"),
            "seconds": round(seconds, 3),
            "exit_status": ending.status,
            "log_tail": published.tail(url, parsed_args.tail),
        }
        if parsed_args.format == "json":
            self.app.stdout.write(json.dumps(told, indent=2) + "\n")
        else:
            self.app.stdout.write(_text(told, ending))
        return ending, url, job


def _text(told: dict[str, Any], ending: Ending) -> str:
    lines = [f"{ending.word} after {told['seconds']:.1f} s"]
    if ending.sentence:
        lines.append(f"  {ending.sentence}")
    if told["url"]:
        lines.append(f"report: {told['url']}")
    lines += [f"  | {line}" for line in told["log_tail"]]
    return "".join(f"{line}\n" for line in lines)


def _parameters(given: argparse.Namespace) -> dict[str, Any]:
    parameters = _from_file(given.params_file) if given.params_file else {}
    for option, (name, _, _) in SHORTHANDS.items():
        value = getattr(given, option)
        if value is not None:
            parameters[name] = value
    for pair in given.param:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise exceptions.RefusedInput(
                f"--param {pair}: write it as NAME=VALUE"
            )
        parameters[name] = value
    return parameters


def _from_file(path: str) -> dict[str, Any]:
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise exceptions.RefusedInput(f"--params-file {path}: {error}") from (
            None
        )
    if not isinstance(found, dict):
        raise exceptions.RefusedInput(
            f"--params-file {path}: it is not a JSON object"
        )
    return found
