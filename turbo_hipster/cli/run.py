"""``turbo-hipster run``: the same build here and now, without a server."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import select
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.cli import rendering, statuses, views
from turbo_hipster.cli.progress import Progress
from turbo_hipster.cli.published import printable
from turbo_hipster.cli.telling import telling
from turbo_hipster.command import Command
from turbo_hipster.conf.settings import PublisherSettings, Settings
from turbo_hipster.model import Published, Verdict

TICK = 1.0


class Run(Command):
    """Run a job here and now: the very build a worker would do.

    The build has processes, limits and a report of its own, as on a worker;
    only the server and the publishers are left out.  Without --project the
    change comes from the parameters (ZUUL_PROJECT, ZUUL_REF, ...).

    In a CI system the report is also written as that system reads it: as
    summary and annotations in GitHub Actions, as code quality report and
    folded logs in GitLab CI, as data for zuul_return in Zuul 3 and later.
    --render asks for more, or for nothing.

    Exit status: 0 success, 1 the change failed, 2 the request or the
    configuration is wrong, 3 passed but the report, or a view that --render
    named, could not be written, 75 could not judge, 124 timed out, 130
    cancelled.

    Example: turbo-hipster run unit --project . --base origin/main
    Example: turbo-hipster run unit --project . --render sarif=unit.sarif
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        parser.add_argument("job", help="name of a [job:NAME] section")
        parser.add_argument(
            "--project",
            metavar="PATH",
            help="use this checkout as it is, uncommitted changes included",
        )
        parser.add_argument(
            "--base",
            metavar="REF",
            default="",
            help="with --project: what the change is compared with "
            "(default: where it left the remote's default branch)",
        )
        parser.add_argument(
            "--param",
            metavar="NAME=VALUE",
            action="append",
            default=[],
            help="a job parameter; may be repeated",
        )
        parser.add_argument(
            "--results",
            metavar="DIR",
            help="folder that receives what would be published (default: "
            "results/JOB/BUILD below the state folder)",
        )
        views.add_option(parser)
        parser.add_argument(
            "--results-url",
            metavar="URL",
            default="",
            help="where the results will be read once somebody has put them "
            "there; views link to it. Without a scheme it is relative to "
            "what the CI system shows as the logs",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Do the build and say how it went."""
        wanted = views.chosen(parsed_args.render, os.environ)
        out = self.app.stdout
        with rendering.shielded(out, os.environ):
            done = self._build(parsed_args)
            status = self._conclude(done)
        if not wanted:
            return status
        report, folder = rendering.read(
            done["url"],
            parsed_args.job,
            Verdict(done["verdict"]),
            done["sentences"],
        )
        url = parsed_args.results_url
        complete = rendering.render(wanted, report, folder, out, url)
        return status if complete else status or statuses.NOT_PUBLISHED

    def _build(self, parsed_args: argparse.Namespace) -> Mapping[str, Any]:
        """Do the build; return what its keeper answered."""
        from turbo_hipster import service
        from turbo_hipster.builds import request
        from turbo_hipster.builds.launcher import Launcher

        settings = _at_a_desk(self.settings(), parsed_args)
        if parsed_args.job not in settings.jobs:
            known = ", ".join(settings.jobs) or "none"
            raise exceptions.ConfigurationError(
                f"there is no [job:{parsed_args.job}] in the configuration; "
                f"jobs there: {known}. Name the file with --config-file"
            )
        plan = service.plan(settings, [parsed_args.job])
        if plan.refused:
            raise exceptions.InvalidJob(plan.refused[parsed_args.job])
        job = plan.jobs[parsed_args.job]
        asked = request.accept(
            json.dumps(_parameters(parsed_args.param)).encode(),
            job=job.name,
            function=f"build:{job.name}",
            label="",
            unique="",
            core=job.core,
        )
        if parsed_args.results:
            name = Path(parsed_args.results).absolute().name
            asked = dataclasses.replace(
                asked, build=dataclasses.replace(asked.build, log_path=name)
            )
        order = plan.order(
            job,
            asked,
            {"worker_name": settings.worker_name},
            tree=_tree(parsed_args.project),
            base_ref=parsed_args.base,
        )
        launcher = Launcher(settings.containment, 0)
        launcher.start()
        try:
            order.workspace.create()
            execution = launcher.execution(order, plan.publishers)
            done = _Watch(execution, Progress(self.app.stderr)).follow()
        finally:
            launcher.close()
            launcher.wait(60)
        if done is None:
            raise exceptions.CannotJudge(
                "the build was lost: the process that kept it was killed; "
                f"its folder is below {settings.state_dir / 'builds'}"
            )
        return done

    def _conclude(self, done: Mapping[str, Any]) -> int:
        out = self.app.stdout
        verdict = Verdict(done["verdict"])
        out.write(f"{verdict.value}\n")
        for sentence in done["sentences"]:
            out.write(f"  {printable(sentence)}\n")
        if verdict not in (Verdict.SUCCESS, Verdict.ABORTED):
            out.write(telling(done["url"]))
        for problem in [*done["problems"], *done["left"]]:
            out.write(f"problem: {problem}\n")
        if done["url"]:
            out.write(f"report: {done['url'].removeprefix('file://')}\n")
        if done["final"]:
            return statuses.REFUSED
        published = Published(done["published"]) is not Published.NO
        if verdict is Verdict.SUCCESS and not published:
            return statuses.NOT_PUBLISHED
        return statuses.OF_VERDICT[verdict]


class _Watch:
    """Follow a build; Ctrl-C cancels it, a second one leaves at once."""

    def __init__(self, execution: Any, progress: Progress) -> None:
        self._execution = execution
        self._progress = progress
        self._interrupts = 0

    def follow(self) -> Mapping[str, Any] | None:
        before = signal.signal(signal.SIGINT, self._interrupted)
        try:
            while not self._execution.over:
                ready, _, _ = select.select([self._execution], [], [], TICK)
                if not ready:
                    self._progress.refresh()
                    continue
                for message in self._execution.receive():
                    self._hear(message)
        finally:
            signal.signal(signal.SIGINT, before)
            self._execution.close()
            self._progress.end()
        done: Mapping[str, Any] | None = self._execution.answer
        return done

    def _hear(self, message: Mapping[str, Any]) -> None:
        if message.get("step"):
            place = f"{message['done'] + 1}/{message['total']}"
            if message["done"] < message["total"]:
                self._progress.show(f"step {place}: {message['step']}")
        for key in ("kept", "quarantined"):
            if key in message:
                self._progress.say(f"{key}: {message[key]}")

    def _interrupted(self, *_: object) -> None:
        self._interrupts += 1
        if self._interrupts > 1:
            raise KeyboardInterrupt
        self._progress.say("cancelling; Ctrl-C again leaves at once")
        self._execution.cancel("interrupted")


def _at_a_desk(settings: Settings, given: argparse.Namespace) -> Settings:
    """Results go into a folder, and the state where this user may write."""
    state = settings.state_dir
    if not _writable(state):
        home = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
        state = Path(home).expanduser() / "turbo-hipster"
    folder = state / "results"
    if given.results:
        folder = Path(given.results).absolute().parent
    publisher = PublisherSettings(
        "results", "local", "", {"path": [str(folder)]}
    )
    return dataclasses.replace(
        settings, state_dir=state, publishers=(publisher,)
    )


def _writable(folder: Path) -> bool:
    while not folder.exists():
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)


def _tree(project: str | None) -> str:
    return "" if project is None else str(Path(project).absolute())


def _parameters(pairs: list[str]) -> dict[str, str]:
    parameters = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise exceptions.RefusedInput(
                f"--param {pair}: write it as NAME=VALUE"
            )
        parameters[name] = value
    return parameters
