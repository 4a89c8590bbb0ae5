"""One step's way back, under observers and probes as its way up was."""

from __future__ import annotations

import contextlib
import dataclasses

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.model import Direction
from turbo_hipster_real_db_upgrade.ground import Ground
from turbo_hipster_real_db_upgrade.measuring.measured import Pass
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed
from turbo_hipster_real_db_upgrade.measuring.touched import tables
from turbo_hipster_real_db_upgrade.probing.probes import Probes
from turbo_hipster_real_db_upgrade.words import Took


def go_down(ground: Ground, server: Server, step: Rehearsed) -> Took:
    """Undo a step on a server that is at it.

    Of the tables that the way up touches those that were there before it
    are probed: nobody works on one that the step has made yet.
    """
    with contextlib.closing(server.connect()) as connection:
        there = set(tables(ground.engine.name, connection))
    step = dataclasses.replace(
        step, tables=tuple(name for name in step.tables if name in there)
    )
    with contextlib.ExitStack() as stack:
        stepper = stack.enter_context(ground.stepper(server))
        observer = ground.engine.observer(server)
        stack.callback(observer.close)
        probes = None
        if ground.settings.probe == "on":
            probes = stack.enter_context(Probes(ground.context, server))
        measuring = Pass(ground, server, stepper, observer, probes)
        return measuring.step(step, Direction.DOWN)
