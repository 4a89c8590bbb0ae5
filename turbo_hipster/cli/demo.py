"""``turbo-hipster demo``: a server, a worker, two builds, two pages."""

from __future__ import annotations

import argparse
import contextlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from turbo_hipster import exceptions
from turbo_hipster.cli import demo_project
from turbo_hipster.cli.progress import Progress
from turbo_hipster.command import Command
from turbo_hipster.conf.settings import GearmanSettings
from turbo_hipster.gearman import admin, client
from turbo_hipster.gearman.dial import Server
from turbo_hipster.gearman.server import EmbeddedServer

START_LIMIT = 30.0
BUILD_LIMIT = 120.0
STOP_LIMIT = 30.0
FUNCTION = "build:unit"


class Demo(Command):
    """See it work: a Gearman server, a worker, two changes, two reports.

    A small project with a test suite gets two changes: one that passes its
    tests and one that does not.  Both are built at the same time by a worker
    with two slots, each in processes of its own, from a git repository.
    Everything listens on the loopback interface only and is gone at the end,
    except the reports.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--reports",
            metavar="DIR",
            default="demo-report",
            help="folder for the two reports (default: %(default)s)",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Do the demo."""
        reports = Path(parsed_args.reports).absolute()
        if shutil.which("git") is None:
            raise exceptions.ConfigurationError(
                "the demo needs git: install the package git"
            )
        self._progress = Progress(self.app.stdout)
        self._facts: dict[str, dict[str, Any]] = {}
        with tempfile.TemporaryDirectory(prefix="th-demo-") as temporary:
            folder = Path(temporary)
            self._say("A project with two changes: one good, one not ...")
            demo_project.create(folder)
            with EmbeddedServer() as server:
                host, port = server.address
                self._say(f"A Gearman server on {host}:{port} ...")
                configuration = folder / "demo.conf"
                configuration.write_text(
                    demo_project.JOB.format(
                        state=folder / "state",
                        origin=folder.as_uri(),
                        server=f"{host}:{port}",
                        reports=reports,
                        python=shlex.quote(sys.executable),
                    )
                )
                with _worker(configuration, server.address):
                    self._say("A worker with two slots takes both:\n")
                    pages = self._build(folder, server.address)
        self._say("\nOpen these in a browser:\n")
        for number in demo_project.CHANGES:
            verdict, page = pages[number]
            self._say(f"  change {number}  {verdict:8} {page}")
        self._say(
            "\nNext: 'turbo-hipster config sample' explains every option; "
            "'turbo-hipster run' does a build of your own project."
        )
        told = [pages[number][0] for number in demo_project.CHANGES]
        return 0 if told == ["SUCCESS", "FAILURE"] else 75

    def _build(
        self, folder: Path, server: Server
    ) -> dict[str, tuple[str, str]]:
        settings = GearmanSettings((server,))
        submissions = {
            number: client.submit(
                settings,
                FUNCTION,
                {
                    "ZUUL_PROJECT": "shop",
                    "ZUUL_URL": folder.as_uri(),
                    "ZUUL_REF": demo_project.ref(number),
                    "ZUUL_BRANCH": "main",
                    "ZUUL_CHANGE": number.split(",")[0],
                    "ZUUL_PATCHSET": number.split(",")[1],
                    "LOG_PATH": f"change-{number.split(',')[0]}",
                },
                uuid.uuid4().hex,
            )
            for number in demo_project.CHANGES
        }
        pages: dict[str, tuple[str, str]] = {}
        deadline = time.monotonic() + BUILD_LIMIT
        while len(pages) < len(submissions):
            if time.monotonic() > deadline:
                raise exceptions.CannotJudge("the builds took too long")
            for number, submission in submissions.items():
                self._follow(number, submission, pages)
        self._progress.end()
        return pages

    def _follow(
        self,
        number: str,
        submission: client.Submission,
        pages: dict[str, tuple[str, str]],
    ) -> None:
        event = submission.next(timeout=0.05)
        if event is None:
            self._progress.refresh()
            return
        if event.kind is client.Kind.DATA:
            self._facts[number] = facts = event.facts()
            step = facts.get("worker_extra", {}).get("step")
            if step and "result" not in facts:
                self._progress.show(f"change {number}: {step}")
        elif event.last:
            facts = self._facts.get(number, {})
            result = str(facts.get("result", "no result"))
            subject, _ = demo_project.CHANGES[number]
            self._progress.say(f"  change {number} '{subject}': {result}")
            url = str(facts.get("url", ""))
            page = unquote(urlparse(url).path) if url else "not published"
            pages[number] = (result.split(" - ")[0], page)

    def _say(self, text: str) -> None:
        self._progress.say(text)


@contextlib.contextmanager
def _worker(configuration: Path, server: Server) -> Iterator[None]:
    """Run a worker that is ready for jobs; end it afterwards."""
    log = configuration.with_name("worker.log")
    with log.open("w") as stream:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "turbo_hipster",
                "--config-file",
                str(configuration),
                "worker",
            ],
            stdout=stream,
            stderr=stream,
        )
    try:
        _await_function(server, process, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_function(
    server: Server, process: subprocess.Popen[bytes], log: Path
) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        rows = admin.queues(server, None, 5.0)
        if any(row.function == FUNCTION and row.workers for row in rows):
            return
        time.sleep(0.05)
    raise exceptions.CannotJudge(
        "the demo's worker did not start:\n" + log.read_text()[-2000:]
    )
