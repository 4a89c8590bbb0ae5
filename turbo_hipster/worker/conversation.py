"""One job of one client: from its arguments to exactly one last packet."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.builds import recovery, request
from turbo_hipster.builds.launcher import Execution
from turbo_hipster.builds.order import Order
from turbo_hipster.builds.plan import PlannedJob
from turbo_hipster.gearman.job import Job
from turbo_hipster.gearman.source import Source
from turbo_hipster.watching.tally import Tally
from turbo_hipster.worker import packets, whose
from turbo_hipster.worker.duty import Duty
from turbo_hipster.worker.register import Entry

LOG = logging.getLogger(__name__)
MARGIN = 120.0
"""Seconds beyond all limits after which a keeper itself is given up."""

RECOVERIES = 3
"""Attempts to publish a lost build; the next start of the worker tries again.
"""


class Conversation:
    """Do a job's build and tell its client, as long as it can be told.

    ``show`` is told the build's state, for ``status``; no more jobs are
    offered once the descriptor ``stop`` is readable.
    """

    def __init__(
        self,
        duty: Duty,
        source: Source,
        job: Job,
        show: Callable[[Mapping[str, Any]], None],
        stop: int,
    ) -> None:
        self._duty = duty
        self._source = source
        self._job = job
        self._show = show
        self._stop: int | None = stop
        self._state: dict[str, Any] = {}
        self._facts: dict[str, Any] = {}
        self._cut_off = False
        self._tally = Tally(
            duty.numbers, duty.plan.offers[job.function][0].name, job.function
        )

    def hold(self) -> None:
        """See the job through."""
        planned, label = self._duty.plan.offers[self._job.function]
        try:
            asked = request.accept(
                self._job.arguments,
                job=planned.name,
                function=self._job.function,
                label=label,
                unique=self._job.unique,
                core=planned.core,
            )
            entry = self._duty.register.begin(
                planned.name,
                asked.build.unique,
                (self._job.server, self._job.handle),
            )
        except exceptions.RefusedInput as refused:
            LOG.warning("%s refused: %s", self._job, refused)
            self._tally.refused()
            self._refuse(planned.name, str(refused))
            return
        if entry.before is not None and self._loss_cancels:
            self._duty.register.cancel(
                entry.before, "the Gearman server gave its job out again"
            )
        try:
            with whose.lines_of(asked.build):
                self._build(planned, asked, entry)
        finally:
            self._duty.register.end(entry)

    def _refuse(self, name: str, sentence: str) -> None:
        number = self._job.unique
        if not request.UNIQUE.fullmatch(number):
            number = request.new_build_id()
        self._facts = self._first(name, number, "")
        self._say({})
        self._finish(
            packets.Last({"result": packets.refusal(sentence)}, False)
        )

    def _build(
        self, planned: PlannedJob, asked: request.Request, entry: Entry
    ) -> None:
        build = asked.build
        url = self._duty.plan.expected_url(build.log_path)
        self._facts = self._first(planned.name, build.unique, url)
        self._say({})
        self._state = {
            "state": "busy",
            "job": build.job,
            "build": build.id,
            "phase": "setup",
            "step": "",
            "since": time.time(),
        }
        self._show(self._state)
        self._tally.started(asked.parameters.get(self._duty.queued_at))
        order = self._duty.plan.order(planned, asked, self._duty.facts)
        began = time.monotonic()
        self._tally.phase("setup", began)
        done: dict[str, Any] | None = None
        try:
            done = self._execute(order, entry)
        finally:
            self._tally.ended(done, time.monotonic())
        if done is None:
            self._finish(packets.Last({}, False))
            return
        for problem in [*done.get("problems", ()), *done.get("left", ())]:
            LOG.error("%s: %s", build, problem)
        LOG.info(
            "%s: %s in %.1f s, %s",
            build,
            done["verdict"],
            time.monotonic() - began,
            done["url"] or "not published",
        )

    def _execute(self, order: Order, entry: Entry) -> dict[str, Any] | None:
        publishers = self._duty.plan.publishers
        try:
            order.workspace.create()
            execution = self._duty.launcher.execution(order, publishers)
        except (exceptions.TurboHipsterError, OSError) as error:
            LOG.error("%s could not be started: %s", order.build, error)
            order.workspace.remove()
            return None
        self._duty.register.run(entry, execution)
        with contextlib.closing(execution):
            self._follow(execution, entry)
        for _ in range(RECOVERIES):
            if not execution.lost:
                break
            LOG.error("%s lost its keeper; publishing the rest", order.build)
            self._tally.lost_keeper()
            try:
                execution = recovery.recover(
                    self._duty.launcher,
                    execution.order,
                    publishers,
                    "the process that kept the build was killed",
                )
            except (exceptions.TurboHipsterError, OSError) as error:
                LOG.error("%s could not be recovered: %s", order.build, error)
                return None
            with contextlib.closing(execution):
                self._follow(execution, entry)
        if execution.answer is not None:
            self._tidy(order)
        return execution.answer

    def _tidy(self, order: Order) -> None:
        """A keeper that was killed after its answer has left its folder."""
        if order.workspace.root.exists():
            problem = order.workspace.remove()
            if problem is not None:
                LOG.error("%s", problem)
                self._tally.left("folder")

    def _follow(self, execution: Execution, entry: Entry) -> None:
        """Pass the build's news on until its keeper is gone."""
        deadline = time.monotonic() + _longest(execution.order)
        while not execution.over:
            self._check_session(execution, entry)
            left = deadline - time.monotonic()
            if left <= 0:
                LOG.error("%s: its keeper hangs", execution.order.build)
                execution.kill()
                deadline += MARGIN
            keeper = execution.fileno()
            fds = [keeper] if self._stop is None else [keeper, self._stop]
            ready = self._source.wait(fds, max(left, 0.1))
            if self._stop in ready:
                self._stop = None
                self._source.offer(())
            if keeper in ready:
                for message in execution.receive():
                    self._hear(message, execution)

    def _hear(self, message: Mapping[str, Any], execution: Execution) -> None:
        if "total" in message:
            self._progress(message)
        elif "phase" in message:
            # in place: it is no news that the status file must have at once
            self._state["phase"] = message["phase"]
            self._tally.phase(message["phase"], message["at"])
        elif "answer" in message:
            self._tally.phase("", time.monotonic())
            settings = self._duty.plan.settings.gearman
            self._finish(packets.last(message["answer"], settings.result_text))
        elif "quarantined" in message:
            LOG.error("%s", message["quarantined"])
            self._tally.left("folder")
        elif "kept" in message:
            LOG.info(
                "%s is kept in %s", execution.order.build, message["kept"]
            )

    def _progress(self, message: Mapping[str, Any]) -> None:
        step = message.get("step")
        if step is not None and step != self._state["step"]:
            self._state = {**self._state, "step": step}
            self._show(self._state)
            extra = {**self._facts["worker_extra"], "step": step}
            self._say({"worker_extra": extra})
        try:
            if not self._job.finished:
                self._job.status(int(message["done"]), int(message["total"]))
        except exceptions.LostConnection:
            LOG.debug("%s cannot be told of progress", self._job)

    def _check_session(self, execution: Execution, entry: Entry) -> None:
        if self._job.live or self._job.finished or self._cut_off:
            return
        self._cut_off = True
        self._duty.register.cut_off(entry)
        LOG.warning(
            "%s lost the connection its job came in: %s",
            execution.order.build,
            "cancelling" if self._loss_cancels else "it may finish",
        )
        if self._loss_cancels:
            execution.cancel("the connection to the Gearman server was lost")

    @property
    def _loss_cancels(self) -> bool:
        gearman = self._duty.plan.settings.gearman
        return gearman.on_connection_loss == "cancel"

    def _say(self, news: Mapping[str, Any]) -> None:
        """Send all facts anew: the client looks at the last data only."""
        self._facts.update(news)
        try:
            if not self._job.finished:
                self._job.data(self._facts)
        except exceptions.LostConnection:
            LOG.debug("%s cannot be told of progress", self._job)

    def _finish(self, last: packets.Last) -> None:
        if "url" not in last.facts:
            self._facts.pop("url", None)
        self._facts.update(last.facts)
        try:
            self._job.data(self._facts)
            if last.complete:
                self._job.complete(self._facts)
            else:
                self._job.fail()
        except exceptions.LostConnection as error:
            LOG.warning("%s; its client is told nothing", error)

    def _first(self, name: str, number: str, url: str) -> dict[str, Any]:
        return {
            "name": name,
            "number": number,
            "manager": self._duty.manager,
            "url": url,
            **self._duty.facts,
        }


def _longest(order: Order) -> float:
    core = order.core
    limits = ("setup_timeout", "timeout", "publish_timeout", "kill_grace")
    return float(sum(core[name] for name in limits)) + MARGIN
