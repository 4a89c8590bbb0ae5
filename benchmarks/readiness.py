"""How soon a probe knows that every server is lost, and that one is back."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import measure, metrics_cost, ours, servers

NAME = "/health/ready"


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Stop and start the only server of a worker, again and again."""
    lost: list[float] = []
    back: list[float] = []
    with contextlib.ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="b-"))
        folder, port = Path(name), servers.free_port()
        file, path = folder / "worker.conf", folder / "health.sock"
        text = ours.CONFIGURATION + metrics_cost.HEALTH
        file.write_text(text.format(folder=folder, port=port))
        argv = [*ours.COMMAND, "--config-file", str(file)]
        stack.enter_context(servers.running(argv, folder / "worker.log"))
        for _ in range(2 if quick else 15):
            with gearmand(folder, port):
                began = time.monotonic()
                back.append(turned(path, 200, began))
            lost.append(turned(path, 503, time.monotonic()))
            # until the worker tries as seldom as it ever does
            time.sleep(0.5 if quick else 4)
    # the worker itself was starting in the first round
    yield row("503 after every server is lost (the slowest)", max(lost), 5)
    yield row("200 after a server's return (the slowest)", max(back[1:]), 3)


@contextlib.contextmanager
def gearmand(folder: Path, port: int) -> Iterator[None]:
    """Run a gearmand at a given port."""
    argv = [servers.find_program("gearmand"), "--listen=127.0.0.1"]
    argv += [f"--port={port}", "--log-file=stderr", "--threads=2"]
    with servers.running(argv, folder / "gearmand.log", cwd=folder):
        measure.wait_until(lambda: servers.answers(port), "it listens")
        yield


def turned(path: Path, status: int, since: float) -> float:
    """Return how long it took until the probe says ``status``."""

    def said() -> bool:
        with contextlib.suppress(OSError):
            return metrics_cost.scrape(path, NAME) == status
        return False

    measure.wait_until(said, f"{NAME} says {status}")
    return time.monotonic() - since


def row(name: str, seconds: float, most: float) -> measure.Row:
    """Return a row about ``/health/ready``."""
    return measure.row(
        f"{NAME} says {name}",
        "s",
        seconds,
        reach=f"≤ {most} s",
        reached=seconds <= most,
    )
