"""An empty data directory, made once for all builds."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from turbo_hipster.task import TaskContext
from turbo_hipster_databases import disks
from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.exceptions import ServerFailed
from turbo_hipster_databases.model import Release
from turbo_hipster_databases.servers.launching import REFUSED
from turbo_hipster_databases.servers.private import LOG, MountRefused
from turbo_hipster_databases.servers.room import Room

INSTALLING = 600.0
"""Seconds that a program which makes a data directory may take."""


def prepare(
    context: TaskContext,
    engine: Engine,
    release: Release,
    room: Room,
    folder: Path,
) -> None:
    """Fill ``folder`` with an empty data directory, cleanly shut down.

    It is made in ``room``, where the server's user can go, and then moved.
    Raises ServerFailed, or DiskFull, with the end of what the programs said.
    """

    def run(argv: Sequence[str]) -> None:
        ended = context.execute(
            room.launched(argv),
            cwd=room.folder,
            env=room.environment(),
            timeout=INSTALLING,
            log=LOG,
        )
        if ended.status == REFUSED:
            raise MountRefused(room.log_tail())
        if ended.status != 0:
            raise ServerFailed(
                f"an empty data directory of {release} could not be made: "
                f"{Path(argv[0]).name} ended with status {ended.status}. The "
                f"end of what it said:\n{room.log_tail()}"
            )

    with disks.watched(room.folder, "no empty server", ServerFailed):
        data = room.made("data")
        engine.initialise(release, room.seen(data), run)
        if not engine.is_closed(data):
            raise ServerFailed(
                f"an empty data directory of {release} was not shut down "
                f"cleanly:\n{room.log_tail()}"
            )
    with disks.watched(folder, "no empty server", ServerFailed):
        _move(context, data, folder)


def _move(context: TaskContext, data: Path, folder: Path) -> None:
    """Move all files; they keep their owner."""
    folder.chmod(0o700)
    if data.stat().st_dev == folder.stat().st_dev:
        for one in data.iterdir():
            one.rename(folder / one.name)
        return
    argv = ["mv", "--", *map(str, data.iterdir()), str(folder)]
    ended = context.execute(argv, env=dict(os.environ), log=LOG)
    if ended.status != 0:
        raise ServerFailed(f"{data} cannot be moved: {ended.tail.strip()}")
