"""Builds whose owner died: what is left of them is ended and published."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import select
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.builds import plan
from turbo_hipster.builds.containment import proc
from turbo_hipster.builds.launcher import Execution, Launcher
from turbo_hipster.builds.order import Order, Owner
from turbo_hipster.builds.workspace import remove_tree

LOG = logging.getLogger(__name__)
PATIENCE = 30.0
"""Seconds a keeper may go on after its worker died, besides its grace."""


def left_behind(state_dir: Path) -> Iterator[Order]:
    """Yield the orders of builds whose owner is dead.

    A folder without a readable order never started anything: it is removed
    when it is older than a minute.
    """
    folder = state_dir / "builds"
    try:
        found = sorted(folder.iterdir())
    except FileNotFoundError:
        return
    for path in found:
        try:
            order = Order.read(path)
        except (OSError, ValueError):
            _remove_stillborn(path, state_dir)
            continue
        if order.build.id == path.name and not _alive(order.owner):
            yield dataclasses.replace(order, state_dir=str(state_dir))


def recover(
    launcher: Launcher,
    order: Order,
    publishers: Sequence[Mapping[str, Any]],
    reason: str,
) -> Execution:
    """Have a new keeper end, publish and remove what is left of a build.

    Raises CannotJudge when no keeper can be had, OSError when the folder
    cannot be written.
    """
    _wait_for_keeper(order)
    lost = dataclasses.replace(order, lost=reason, owner=plan.myself())
    return launcher.recovery(lost, publishers)


def finish(execution: Execution) -> dict[str, Any] | None:
    """Wait for a recovery to end and return its answer, None if it failed."""
    with contextlib.closing(execution):
        while not execution.over:
            for message in execution.receive():
                if "quarantined" in message:
                    LOG.error("%s", message["quarantined"])
    return execution.answer


def sweep(
    launcher: Launcher,
    state_dir: Path,
    publishers: Sequence[Mapping[str, Any]],
) -> int:
    """Recover everything left behind in ``state_dir``; returns how many."""
    count = 0
    for order in left_behind(state_dir):
        LOG.warning(
            "%s was left behind; publishing what is there", order.build
        )
        try:
            done = finish(
                recover(launcher, order, publishers, "the worker died")
            )
        except (exceptions.CannotJudge, OSError) as error:
            LOG.error("%s could not be recovered: %s", order.build, error)
            continue
        count += done is not None
        if done is not None:
            LOG.info(
                "%s: %s", order.build, done["url"] or done.get("problems")
            )
    return count


def _alive(owner: Owner) -> bool:
    return (
        owner.boot == plan.myself().boot
        and owner.started == proc.start_time(owner.pid)
        and proc.alive(owner.pid)
    )


def _wait_for_keeper(order: Order) -> None:
    """The keeper of a dead worker ends its build by itself; or we do."""
    if not order.keeper or order.owner.boot != plan.myself().boot:
        return
    try:
        keeper = os.pidfd_open(order.keeper)
    except ProcessLookupError:
        return
    try:
        if not _is_keeper_of(order):
            return
        patience = order.core["kill_grace"] + PATIENCE
        ready, _, _ = select.select([keeper], [], [], patience)
        if not ready:
            LOG.error("the keeper of %s does not end; killed", order.build)
            signal.pidfd_send_signal(keeper, signal.SIGKILL)
            select.select([keeper], [], [], PATIENCE)
    finally:
        os.close(keeper)


def _is_keeper_of(order: Order) -> bool:
    """Pids are reused; the time of a process's start tells."""
    return proc.start_time(order.keeper) == order.journal.get("started")


def _remove_stillborn(path: Path, state_dir: Path) -> None:
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > 60:
            remove_tree(path, state_dir / "quarantine")
