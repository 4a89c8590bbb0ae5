"""The measured pass: all steps of the change on one clone, as production."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Sequence

from turbo_hipster_databases.engine import Observer, Server
from turbo_hipster_databases.migration_tool import Stepper
from turbo_hipster_databases.model import Direction, Measured
from turbo_hipster_real_db_upgrade.climbing import downfall
from turbo_hipster_real_db_upgrade.climbing.climb import Climbed
from turbo_hipster_real_db_upgrade.ground import Ground
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed
from turbo_hipster_real_db_upgrade.measuring.warming import warm
from turbo_hipster_real_db_upgrade.probing.probes import Probes
from turbo_hipster_real_db_upgrade.words import Took, Traffic


class Pass:
    """Runs steps on one server and measures them."""

    def __init__(
        self,
        ground: Ground,
        server: Server,
        stepper: Stepper,
        observer: Observer,
        probes: Probes | None,
    ) -> None:
        self._ground = ground
        self._server = server
        self._stepper = stepper
        self._observer = observer
        self._probes = probes

    def step(
        self,
        rehearsed: Rehearsed,
        direction: Direction = Direction.UP,
        *,
        new: bool = True,
    ) -> Took:
        """Run a step; its tables are warmed and probed."""
        link = rehearsed.link
        warm(self._server, rehearsed.tables)
        if self._probes is not None:
            self._probes.prepare(rehearsed.tables)
        began = time.time()
        self._observer.begins()
        if self._probes is not None:
            self._probes.begins()
        ran = self._stepper.step(
            link.migration,
            direction,
            timeout=self._ground.settings.step_timeout,
        )
        lost = downfall.is_lost(self._ground.case, self._server, ran)
        traffic = self._probes.ends() if self._probes is not None else None
        measured = None
        if not lost:
            measured = _without(self._observer.ends(), traffic, ran.seconds)
        return Took(
            link.rung,
            link.migration,
            direction,
            began,
            ran,
            measured,
            traffic,
            new,
        )


def run(
    ground: Ground,
    climbed: Climbed,
    rehearsed: Sequence[Rehearsed],
    workload: Sequence[str] = (),
) -> None:
    """Measure the change's steps; what came of it is in ``climbed``."""
    assert climbed.top is not None
    if not rehearsed:
        climbed.reached = climbed.top.reached
        return
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(ground.clone(climbed.top.snapshot))
        climbed.technique = server.technique
        stepper = stack.enter_context(ground.stepper(server))
        observer = ground.engine.observer(server)
        stack.callback(observer.close)
        probes = None
        if ground.settings.probe == "on":
            probes = stack.enter_context(
                Probes(ground.context, server, workload)
            )
        measuring = Pass(ground, server, stepper, observer, probes)
        for one in rehearsed:
            took = measuring.step(
                one, new=one.link.migration.revision in climbed.judged
            )
            climbed.took.append(took)
            if took.ran.failure is not None:
                climbed.failed = took
                return
        climbed.reached = stepper.current()


def _without(
    measured: Measured, traffic: Traffic | None, seconds: float
) -> Measured:
    """Take out what the probes read, and the time that their end took."""
    if traffic is None:
        return dataclasses.replace(measured, seconds=seconds)
    rows = measured.rows_read
    if rows is not None:
        rows = {
            table: max(count - traffic.rows.get(table, 0), 0)
            for table, count in rows.items()
        }
    return dataclasses.replace(measured, seconds=seconds, rows_read=rows)
