"""A rehearsal in the fork server: what every build does is done once before.

The interpreter makes code quick while it runs, and patterns and templates
are compiled at their first use.  Done before the fork, this serves every
build; done after it, each build pays for it anew, in time and in memory that
is no longer shared.
"""

from __future__ import annotations

import json
import os
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

from turbo_hipster import model, plugins
from turbo_hipster.builds import outcome, publication
from turbo_hipster.builds.logbook import Logs
from turbo_hipster.builds.loop import Loop
from turbo_hipster.builds.messages import Line
from turbo_hipster.builds.order import Order, Owner
from turbo_hipster.builds.record import Recorder
from turbo_hipster.report import Renderer

ROUNDS = 20
"""Enough for the interpreter to take the code for hot."""

RENDERERS = (
    "turbo_hipster.reports.markdown:Markdown",
    "turbo_hipster.reports.junit:JUnit",
    "turbo_hipster.reports.document:Document",
    "turbo_hipster.reports.page:Page",
)
NOWHERE = Path("/nowhere")
"""A folder that has no logs."""

PUBLISHER = "turbo_hipster.publishers.local:LocalPublisher"


def rehearse(loop: Loop) -> None:
    """Do what a small build does, where nobody sees it."""
    with tempfile.TemporaryDirectory(prefix="th-") as name:
        for number in range(ROUNDS):
            told = _order(Path(name), f"{number:016x}").plain()
            order = Order.from_plain(json.loads(json.dumps(told)))
            order.workspace.create()
            order.workspace.furnish()
            order.write(told)
            _talk(told)
            _log(loop, order)
            _publish(told, Path(name))
            order.workspace.remove()


def read_an_order() -> Order:
    """Go through an order once, in a process that waits for its own.

    What is touched for the first time after a fork is copied; a process that
    was forked ahead has the time, and the build that comes does not wait.
    """
    told = _order(NOWHERE, "0").plain()
    return Order.from_plain(json.loads(json.dumps(told)))


def render_a_report() -> None:
    """Go through a report once, in a process that waits for its own."""
    order = read_an_order()
    report = model.Report(
        job=order.build.job,
        build=order.build.id,
        change=order.build.change,
        verdict=model.Verdict.SUCCESS,
        sentences=(),
        started=order.started,
        seconds=1.0,
    )
    for entry in RENDERERS:
        for _piece in plugins.load(entry, Renderer)().render(report, NOWHERE):
            pass


def _order(folder: Path, build_id: str) -> Order:
    return Order(
        build=model.Build(
            id=build_id,
            job="rehearsal",
            unique=build_id,
            function="build:rehearsal",
            label="",
            change=model.Change(),
            log_path=build_id,
            parameters={"A": "1"},
        ),
        core={},
        raw={},
        entry="",
        state_dir=str(folder),
        git_origin="",
        process_limit=1000,
        renderers=RENDERERS,
        worker={},
        owner=Owner("", 1, 1),
        started=time.time(),
        environment=dict(os.environ),
    )


def _talk(told: dict[str, Any]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        Line(ours).send({"step": "rehearse", "done": 0, "total": 1})
        Line(theirs).next()


def _log(loop: Loop, order: Order) -> None:
    book = Logs(loop, order.workspace.report, 2**20, [])
    for name in ("task_output.log", "shell_output.log"):
        source = book[name].source("output")
        source.feed(b"one\ntwo\n")
        source.finish()
        book.tick()
    book["shell_output.log"].exit_code(0)
    book.close()
    recorder = Recorder(order.workspace.record)
    recorder.write(
        "step", model.Step("rehearse", 1.0, 1.0, model.Verdict.SUCCESS)
    )
    recorder.close()


def _publish(told: dict[str, Any], folder: Path) -> None:
    publication.publish(
        {
            "order": told,
            "outcome": model.plain(outcome.Outcome(model.Verdict.SUCCESS)),
            "ended": time.time(),
            "left": [],
            "publishers": [
                {
                    "name": "rehearsal",
                    "entry": PUBLISHER,
                    "raw": {"path": [str(folder / "published")]},
                }
            ],
        }
    )
