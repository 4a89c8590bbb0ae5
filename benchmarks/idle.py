"""What a worker costs when it has nothing, or only waiting, to do."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import client, measure, ours, process_tree


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Measure idle memory, waiting, and what builds leave behind."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        ours.worker(Path(name)) as worker,
    ):
        yield idle_memory(worker)
        yield waiting(worker, 2 if quick else 10)
        yield from left_behind(worker, 50 if quick else 5000)


def memory(worker: ours.Worker) -> float:
    """Return the MB of the worker and all its processes."""
    pids = process_tree.tree(worker.pid)
    return sum(map(process_tree.proportional_bytes, pids)) / 1e6


def settle(worker: ours.Worker) -> None:
    """Wait until the worker's processes have been the same for a second."""
    seen: set[int] = set()
    since = time.monotonic()

    def calm() -> bool:
        nonlocal seen, since
        now = set(process_tree.tree(worker.pid))
        if now != seen:
            seen, since = now, time.monotonic()
        return time.monotonic() - since > 1

    measure.wait_until(calm, "the worker is idle again")


def idle_memory(worker: ours.Worker) -> measure.Row:
    """Two slots, some builds done, none running; all of its processes."""
    worker.build_many(20)
    settle(worker)
    used = memory(worker)
    return measure.row(
        "memory of worker and fork server (PSS), 2 slots idle",
        "MB",
        used,
        reach="≤ 80 MB",
        reached=used <= 80,
    )


def waiting(worker: ours.Worker, duration: float) -> measure.Row:
    """Processor time while a script sleeps and says nothing."""
    with client.Client(worker.port) as connection:
        connection.submit("build:silent", worker.argument())
        data = connection.first_data()
        time.sleep(1)
        pids = process_tree.tree(worker.pid)
        before = sum(map(process_tree.cpu_seconds, pids))
        time.sleep(duration)
        used = sum(map(process_tree.cpu_seconds, pids)) - before
        stop(worker, data)
        connection.until(*client.TERMINAL)
    return measure.row(
        f"processor time while a silent script sleeps {duration} s",
        "s",
        used,
        reach="< 0.1 s",
        reached=used < 0.1,
    )


def stop(worker: ours.Worker, data: dict) -> None:
    """Cancel the build that spoke of itself in ``data``."""
    with client.Client(worker.port) as connection:
        argument = {"name": "silent", "number": data["number"]}
        answer = connection.run(f"stop:{data['manager']}", argument)
    if answer != client.WORK_COMPLETE:
        raise RuntimeError("the worker does not know the build it began")


def left_behind(worker: ours.Worker, count: int) -> Iterator[measure.Row]:
    """Memory that grows, and what is not tidied away, over many builds."""

    def things() -> tuple[int, int, int]:
        pids = process_tree.tree(worker.pid)
        opened = sum(map(process_tree.descriptors, pids))
        state = worker.folder / "state"
        return len(pids), opened, sum(1 for _ in state.rglob("*"))

    worker.build_many(min(count, 200))
    settle(worker)
    before, memory_before = things(), memory(worker)
    for _ in range(0, count, 500):
        worker.build_many(min(count, 500))
    settle(worker)
    after, memory_after = things(), memory(worker)
    growth = memory_after - memory_before
    yield measure.row(
        f"memory that grows over {count} builds",
        "MB",
        growth,
        reach="≤ 2 MB",
        reached=growth <= 2,
    )
    left = sum(max(0, b - a) for a, b in zip(before, after, strict=True))
    yield measure.row(
        f"processes, descriptors and files left by {count} builds",
        "things",
        left,
        reach="none",
        reached=left == 0,
    )
