"""The rivals, ready to run one job or many, with a given number of slots."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

from benchmarks import client, measure, servers
from benchmarks.rivals import work

Run = Callable[[int], float]
"""Runs so many jobs, queued at once; returns the seconds it took."""

ROOT = Path(__file__).parent.parent


def versions() -> dict[str, str]:
    """Return the versions of all that is compared."""
    names = ["turbo-hipster", "gear", "rq", "celery", "redis"]
    found = {name: metadata.version(name) for name in names}
    for program in ["gearmand", "redis-server"]:
        argv = [servers.find_program(program), "--version"]
        said = subprocess.run(argv, capture_output=True, text=True).stdout
        found[program] = next(
            (word.strip("v=") for word in said.split() if "." in word), "?"
        )
    return found


@contextlib.contextmanager
def programs(
    folder: Path, name: str, argv: list[str], count: int, **environment: str
) -> Iterator[None]:
    """Run ``count`` copies of a rival's worker."""
    with contextlib.ExitStack() as stack:
        for number in range(count):
            stack.enter_context(
                servers.running(
                    [sys.executable, "-m", *argv],
                    folder / f"{name}-{number}.log",
                    cwd=ROOT,
                    env={**os.environ, **environment},
                )
            )
        yield


@contextlib.contextmanager
def bare(slots: int) -> Iterator[Run]:
    """Only the process: the floor that nobody can go below."""

    def run(count: int) -> float:
        return measure.seconds(
            lambda: list(pool.map(lambda _: work.run_true(), range(count)))
        )

    with ThreadPoolExecutor(slots) as pool:
        yield run


@contextlib.contextmanager
def forking(folder: Path, port: int, slots: int) -> Iterator[Run]:
    """Gear with a fork per job, on the gearmand that we use too."""
    argv = ["benchmarks.rivals.forking", str(port)]
    with (
        programs(folder, "forking", argv, slots),
        client.Client(port) as connection,
    ):

        def run(count: int) -> float:
            began = time.perf_counter()
            for _ in range(count):
                connection.submit("fork:true", {})
            for _ in range(count):
                if connection.until(*client.TERMINAL)[0] != 13:
                    raise RuntimeError("a forked job failed")
            return time.perf_counter() - began

        run(slots)
        yield run


@contextlib.contextmanager
def rq(folder: Path, socket: Path, slots: int) -> Iterator[Run]:
    """RQ with its standard worker, which forks for each job."""
    import redis
    import rq as library

    url = f"unix://{socket}"
    argv = ["rq.cli", "worker", "--quiet", "--url", url]
    connection = redis.Redis(unix_socket_path=str(socket))
    queue = library.Queue(connection=connection)

    def run(count: int) -> float:
        began = time.perf_counter()
        jobs = [queue.enqueue(work.run_true) for _ in range(count)]
        for job in jobs:
            result = job.latest_result(timeout=60)
            if result is None or result.return_value != 0:
                raise RuntimeError("an RQ job failed")
        return time.perf_counter() - began

    with programs(folder, "rq", argv, slots), connection:
        run(slots)
        yield run


@contextlib.contextmanager
def celery(folder: Path, socket: Path, slots: int) -> Iterator[Run]:
    """Celery's prefork pool, results read back from redis."""
    os.environ["BENCH_REDIS"] = str(socket)
    from benchmarks.rivals import celery_app

    argv = ["celery", "-A", "benchmarks.rivals.celery_app", "worker"]
    argv += ["--pool", "prefork", "--concurrency", str(slots)]
    argv += ["--loglevel", "warning", "--without-gossip", "--without-mingle"]

    def run(count: int) -> float:
        began = time.perf_counter()
        jobs = [celery_app.run_true.delay() for _ in range(count)]
        for job in jobs:
            if job.get(timeout=60) != 0:
                raise RuntimeError("a Celery job failed")
        return time.perf_counter() - began

    with programs(folder, "celery", argv, 1):
        run(slots)
        yield run
    celery_app.app.close()


@contextlib.contextmanager
def all_of_them(
    folder: Path, port: int, socket: Path, slots: int
) -> Iterator[dict[str, Run]]:
    """Every rival, under the name that the table shows."""
    with (
        bare(slots) as alone,
        forking(folder, port, slots) as gear,
        rq(folder, socket, slots) as queue,
        celery(folder, socket, slots) as prefork,
    ):
        yield {
            "subprocess.run": alone,
            "gear, fork per job": gear,
            "RQ": queue,
            f"Celery prefork -c{slots}": prefork,
        }
