"""A fresh private empty server, ready and gone again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import database_builds, measure
from benchmarks.rivals import fresh_servers
from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.servers.fleet import Servers

OURS = "turbo-hipster"
GOALS = {"mariadb": (350, 3), "postgresql": (200, 6)}
"""Most milliseconds, and how many times faster than the rival."""


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Measure each engine; the empty snapshot was made by a build before."""
    for engine in database_builds.engines(*GOALS):
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            yield one(engine, Path(name), 2 if quick else 15)


def one(engine: Engine, place: Path, rounds: int) -> measure.Row:
    """Let ours and the rival take turns."""
    most, times = GOALS[engine.name]
    rival = fresh_servers.NAMES[engine.name]
    place.chmod(0o711)

    def work(context: TaskContext) -> dict[str, float]:
        with Servers(context) as servers:
            release = servers.release(engine)

            def ours() -> None:
                servers.empty(engine, release).stop()

            runs = {
                OURS: lambda: measure.seconds(ours),
                rival: lambda: fresh_servers.seconds(engine, release, place),
            }
            return measure.alternate(runs, rounds, warm_up=1)

    seen = database_builds.in_build(place, work)
    mine, other = seen[OURS] * 1e3, seen[rival] * 1e3
    return measure.row(
        f"{engine.title}: a fresh private server, ready and gone again",
        "ms",
        mine,
        {rival: other},
        reach=f"≤ {most} ms and {times} x faster than {rival}",
        reached=mine <= most and mine * times <= other,
    )
