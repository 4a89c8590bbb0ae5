"""Latency of one build that runs ``true``, and builds per second."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import client, contenders, measure, ours, servers

OURS = "turbo-hipster"


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Measure both against all rivals, with one slot's and two slots' load."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        ours.worker(Path(name)) as worker,
        servers.redis(Path(name)) as socket,
    ):
        place = (Path(name), worker.port, socket)
        yield latency(worker, place, 5 if quick else 60)
        yield rate(worker, place, *((20, 1) if quick else (500, 3)))


def latency(worker: ours.Worker, place: tuple, rounds: int) -> measure.Row:
    """One build at a time: the packet is there and so is the report."""
    with (
        contenders.all_of_them(*place, slots=1) as rivals,
        client.Client(worker.port) as connection,
    ):
        runs = {
            OURS: lambda: measure.seconds(lambda: worker.build(connection)),
            **{name: (lambda run=run: run(1)) for name, run in rivals.items()},
        }
        seen = measure.alternate(runs, rounds, warm_up=3)
    mine = seen.pop(OURS)
    celery, rq = seen["Celery prefork -c1"], seen["RQ"]
    return measure.row(
        "latency of one build running true",
        "ms",
        mine * 1e3,
        {name: value * 1e3 for name, value in seen.items()},
        reach="≤ 2.5 x Celery and ≤ 1/5 of RQ",
        reached=mine <= 2.5 * celery and mine <= rq / 5,
    )


def rate(
    worker: ours.Worker, place: tuple, count: int, rounds: int
) -> measure.Row:
    """Many builds queued at once, two slots."""
    with contenders.all_of_them(*place, slots=2) as rivals:
        runs = {
            OURS: lambda: worker.build_many(count),
            **{
                name: (lambda run=run: count / run(count))
                for name, run in rivals.items()
            },
        }
        seen = measure.alternate(runs, rounds)
    mine = seen.pop(OURS)
    return measure.row(
        f"builds per second, {count} queued, 2 slots",
        "builds/s",
        mine,
        seen,
        reach="≥ 100 builds/s and ≥ 5 x RQ",
        reached=mine >= 100 and mine >= 5 * seen["RQ"],
    )
