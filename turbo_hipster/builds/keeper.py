"""The keeper: one process per build that outlives it, and proves its end.

It runs our code only.  It forks the build process and the commands, owns
every log, holds the limits, kills, and has the results published by a fresh
process.  Its line to the worker carries ``{"cancel": reason}`` inwards, news
and one last ``{"answer": {...}}`` outwards; when the line is closed the worker
is gone, and the keeper ends its build and leaves the folder to be swept.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import socket
import time
from typing import Any

from turbo_hipster import model
from turbo_hipster.builds import (
    commands,
    containment,
    judging,
    keeping,
    logs,
    outcome,
    rehearsal,
)
from turbo_hipster.builds.ending import end_processes
from turbo_hipster.builds.hearing import Hearing
from turbo_hipster.builds.limits import Limits
from turbo_hipster.builds.logbook import Logs
from turbo_hipster.builds.loop import Loop
from turbo_hipster.builds.messages import Closed, Garbage, Line
from turbo_hipster.builds.order import Order
from turbo_hipster.builds.progress import Progress
from turbo_hipster.builds.publishing import Publishing

TASK_LOG = "task_output.log"


class Keeper:
    """One build, from its order to its last answer."""

    def __init__(self, technique: containment.Technique, worker: Line) -> None:
        self._technique = technique
        self._worker = worker
        # what is forked before we do anything shares our memory for longest
        self._fork_build_process()
        self._publishing = Publishing()
        self._loop = Loop()
        self._loop.child(self._build_process, self._ended)
        self._outcome: outcome.Outcome | None = None
        self._status: int | None = None
        self._left: list[str] = []
        self._published: dict[str, Any] | None = None
        self._orphaned = False

    def keep(
        self, told: dict[str, Any], publishers: list[dict[str, Any]]
    ) -> None:
        """Do the whole build; ``told`` is its order in plain data."""
        self._told = told
        self._order = order = Order.from_plain(told)
        # what only the publishers may know stays here
        self._for_task = json.dumps(Order.for_task(told))
        self._clean = logs.Redactor(order.secrets).clean
        self._workspace = order.workspace
        self._loop.watch(self._worker, self._hear)
        if self._worker.early:
            # a cancel that came along with the order
            self._hear()
        try:
            self._workspace.furnish()
        except OSError as error:
            self._outcome = outcome.error(f"The build had no room: {error}")
        else:
            if order.lost:
                self._recover()
            else:
                self._judge()
        if self._orphaned:
            return
        self._hide_secrets()
        self._publish(publishers)
        if self._published is None:
            return
        # from here on there is nothing left to recover
        with contextlib.suppress(OSError):
            self._workspace.order.unlink()
        self._answer()
        self._clear()

    def _judge(self) -> None:
        self._see_to_build_process()
        core = self._order.core
        self._logs = Logs(
            self._loop,
            self._workspace.report,
            core["log_limit"],
            [secret.encode() for secret in self._order.secrets],
        )
        self._commands = commands.Commands(
            self._loop,
            self._logs,
            self._technique,
            core["kill_grace"],
            core["heartbeat"],
            (self._build_process, self._publishing.pid),
        )
        self._limits = Limits(
            self._loop, core, self._end, lambda: self._logs.heard, self._tell
        )
        self._start()
        self._loop.turn_until(
            lambda: self._status is not None or self._outcome is not None
        )
        self._end_processes()
        if self._outcome is None:
            assert self._status is not None
            self._outcome = outcome.of_process(
                self._workspace, os.waitstatus_to_exitcode(self._status)
            )
        if core["keep_workspace"] == "never" and self._workspace.is_full():
            self._workspace.make_room()
        self._logs.close()

    def _fork_build_process(self) -> None:
        """Fork it ahead of its order."""
        self._news, theirs = socket.socketpair(
            socket.AF_UNIX, socket.SOCK_SEQPACKET
        )
        self._output, output = os.pipe2(os.O_CLOEXEC)
        orders, self._orders = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._output, False)
        keep = [theirs.fileno(), output, orders]
        self._build_process = commands.fork(self._technique, keep)
        if self._build_process == 0:
            judging.main(orders, theirs, output)
        theirs.close()
        os.close(output)
        os.close(orders)

    def _see_to_build_process(self) -> None:
        """Fork another one if it was killed while it waited."""
        self._loop.reap()
        if self._status is None:
            return
        for one in (self._orders, self._output):
            os.close(one)
        self._news.close()
        self._status = None
        self._fork_build_process()
        self._loop.child(self._build_process, self._ended)

    def _start(self) -> None:
        with (
            contextlib.suppress(BrokenPipeError),  # it was killed: see _ended
            os.fdopen(self._orders, "w") as stream,
        ):
            stream.write(self._for_task)
        for note in self._order.notes:
            self._logs[TASK_LOG].note("worker", note)
        self._source = self._logs[TASK_LOG].source("output")
        self._progress = Progress(self._loop, self._clean, self._tell)
        self._hearing = Hearing(
            self._loop,
            self._news,
            command=self._commands.ask,
            runs=self._limits.run,
            progress=self._progress.show,
        )
        self._loop.watch(self._output, self._pump)
        self._limits.setup()
        self._limits.count(self._technique, self._order.process_limit)

    def _ended(self, status: int) -> None:
        self._status = status

    def _pump(self) -> None:
        if not self._logs.pump(self._output, self._source):
            self._loop.unwatch(self._output)

    def _end(self, how: outcome.Outcome) -> None:
        if self._outcome is None:
            self._outcome = how

    def _hear(self) -> None:
        try:
            messages = self._worker.receive()
        except (Closed, Garbage):
            self._loop.unwatch(self._worker)
            self._orphaned = True
            self._end(outcome.lost("the worker died"))
            return
        for message in messages:
            if "cancel" in message:
                self._end(outcome.aborted(str(message["cancel"])))

    def _end_processes(self) -> None:
        self._limits.lift()
        self._left = end_processes(
            self._loop,
            self._technique,
            self._order.core["kill_grace"],
            self._publishing.pid,
        )
        self._hearing.close()
        self._progress.finish()
        self._loop.unwatch(self._output)
        self._commands.settle()
        self._logs.drain(self._output, self._source)
        os.close(self._output)

    def _recover(self) -> None:
        """End what a crash left; tidying makes its logs fit to be read."""
        os.close(self._orders)
        if self._order.journal:
            left = containment.sweep(
                containment.Journal(**self._order.journal)
            )
            self._left = [str(one) for one in left]
        self._outcome = outcome.lost(self._order.lost)

    def _hide_secrets(self) -> None:
        """The sentences travel further than the report does."""
        assert self._outcome is not None
        self._outcome = dataclasses.replace(
            self._outcome,
            sentences=tuple(map(self._clean, self._outcome.sentences)),
        )

    def _publish(self, publishers: list[dict[str, Any]]) -> None:
        self._published = self._publishing.run(
            self._loop,
            {
                "order": self._told,
                "outcome": model.plain(self._outcome),
                "ended": time.time(),
                "left": self._left,
                "publishers": publishers,
            },
            self._workspace,
            self._order.core["publish_timeout"],
            lambda: self._orphaned,
        )

    def _tell(self, news: dict[str, Any]) -> None:
        with contextlib.suppress(Closed):
            self._worker.send(news)

    def _answer(self) -> None:
        assert self._outcome is not None
        self._tell(
            {
                "answer": {
                    "verdict": self._outcome.verdict.value,
                    "sentences": self._outcome.sentences,
                    "final": self._outcome.final,
                    "left": self._left,
                    **(self._published or {}),
                }
            }
        )

    def _clear(self) -> None:
        """Remove the build's folder, or keep it where the job says so."""
        self._publishing.end()
        keep = self._order.core["keep_workspace"]
        assert self._outcome is not None
        good = self._outcome.verdict is model.Verdict.SUCCESS
        if keep == "always" or (keep == "failed" and not good):
            keeping.make_independent(
                self._loop, self._technique, self._workspace
            )
            with contextlib.suppress(OSError):
                kept = self._workspace.keep()
                self._technique.leave()
                self._tell({"kept": str(kept)})
                return
        self._technique.leave()
        problem = self._workspace.remove()
        if problem is not None:
            self._tell({"quarantined": problem})


def main(technique: containment.Technique, connection: socket.socket) -> None:
    """Wait for an order and carry it out."""
    worker = Line(connection)
    keeper = Keeper(technique, worker)
    rehearsal.read_an_order()
    try:
        message = worker.next()
    except (Closed, Garbage):
        return
    connection.setblocking(False)
    keeper.keep(message["order"], message["publishers"])
