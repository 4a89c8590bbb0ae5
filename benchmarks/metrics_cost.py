"""What it costs to be watched, and how soon a lost server is known."""

from __future__ import annotations

import contextlib
import http.client
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import client, idle, measure, ours, process_tree, servers

HEALTH = "[health]\nlisten = {folder}/health.sock\n"
EVERY = 1.0
"""Seconds between two scrapes."""


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Measure a worker that is scraped against one that nobody watches."""
    with contextlib.ExitStack() as stack:
        folders = [
            Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="b-")))
            for _ in range(2)
        ]
        watched = stack.enter_context(watched_worker(folders[0]))
        alone = stack.enter_context(ours.worker(folders[1]))
        yield from cost(watched, alone, *((20, 2) if quick else (500, 9)))
        idle.settle(watched)
        used = idle.memory(watched)
        yield measure.row(
            "memory of a watched worker and fork server (PSS), 2 slots idle",
            "MB",
            used,
            reach="≤ 80 MB",
            reached=used <= 80,
        )


@contextlib.contextmanager
def watched_worker(folder: Path) -> Iterator[ours.Worker]:
    """Run a worker with the listener on, which is scraped all the time."""
    ours.compile_all()
    with servers.gearmand(folder) as port:
        file = folder / "worker.conf"
        text = ours.CONFIGURATION + HEALTH
        file.write_text(text.format(folder=folder, port=port))
        argv = [*ours.COMMAND, "--config-file", str(file)]
        with servers.running(argv, folder / "worker.log") as pid:
            measure.wait_until(
                lambda: client.functions(port).get("build:pass"),
                "the worker is ready",
            )
            with scraped(folder / "health.sock"):
                yield ours.Worker(port, pid, folder)


class Connection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self._path = path

    def connect(self) -> None:
        """Connect to the path."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


def scrape(path: Path, page: str = "/metrics") -> int:
    """Return the status of one scrape."""
    connection = Connection(path)
    with contextlib.closing(connection):
        connection.request("GET", page)
        answer = connection.getresponse()
        answer.read()
        return answer.status


@contextlib.contextmanager
def scraped(path: Path) -> Iterator[None]:
    """Scrape in the background; a scrape that fails ends the benchmark."""
    over = threading.Event()
    seen: list[int] = []

    def go_on() -> None:
        while not over.wait(EVERY):
            seen.append(scrape(path))

    thread = threading.Thread(target=go_on, name="scraper")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if set(seen) - {200}:
        raise RuntimeError(f"a scrape failed: {seen}")


def cost(
    watched: ours.Worker, alone: ours.Worker, count: int, rounds: int
) -> Iterator[measure.Row]:
    """Compare a build's processor time, and the rate; the two take turns.

    The rate of builds sways by more than a hundredth, so what is judged to
    that is the time of the worker's own process: all its threads are in it.
    """
    spent: dict[str, list[float]] = {"watched": [], "alone": []}
    whole: dict[str, list[float]] = {"watched": [], "alone": []}
    for number in range(rounds + 1):
        for name, worker in (("watched", watched), ("alone", alone)):
            tree = process_tree.cpu_seconds(worker.pid)
            began = time.perf_counter()
            worker.build_many(count)
            took = time.perf_counter() - began
            if number:
                used = process_tree.cpu_seconds(worker.pid) - tree
                spent[name].append(used / count)
                whole[name].append(took / count)
    more = statistics.median(spent["watched"]) - statistics.median(
        spent["alone"]
    )
    share = max(0.0, 100 * more / statistics.median(whole["alone"]))
    yield measure.row(
        f"cost of being scraped each second, {count} builds queued, 2 slots",
        "% of a build",
        share,
        reach="< 1 % of a build",
        reached=share < 1,
    )
    fast, slow = (
        1 / statistics.median(whole[name]) for name in ("alone", "watched")
    )
    yield measure.row(
        f"builds per second while scraped each second, {count} queued",
        "builds/s",
        slow,
        {"nobody asks": fast},
        reach="≥ 90 % of the rate when nobody asks",
        reached=slow >= 0.9 * fast,
    )
