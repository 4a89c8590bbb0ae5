"""How fast a log is captured: 100 MB of 80-character lines through a pipe.

The rivals are a plain Python loop, ``ts`` (which gets a tenth of the text,
for it is slow) and ``cat``, which stamps nothing.  ``rows()`` runs them in
turn with us and returns medians.
"""

from __future__ import annotations

import datetime
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from turbo_hipster.builds.logs import Log

MEGABYTES = 100
ROUNDS = 5


def text() -> bytes:
    """Make about one megabyte of lines of words, 80 characters each."""
    chance = random.Random(80)
    words = [
        "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=size))
        for size in range(2, 10)
        for _ in range(40)
    ]
    lines = []
    for number in range(12_500):
        line = f"{number} " + " ".join(chance.choices(words, k=40))
        lines.append(line[:79] + "\n")
    return "".join(lines).encode()


def secrets() -> list[bytes]:
    """Make five secrets, which do not occur."""
    chance = random.Random(5)
    letters = b"abcdefghijklmnopqrstuvwxyz0123456789"
    return [bytes(chance.choices(letters, k=24)) for _ in range(5)]


def timed(block: bytes, times: int, work: Callable[[int], None]) -> float:
    """Let a child write the text; return MB/s of who reads the pipe."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        for _ in range(times):
            left = memoryview(block)
            while left:
                left = left[os.write(writer, left) :]
        os._exit(0)
    os.close(writer)
    begun = time.perf_counter()
    work(reader)
    seconds = time.perf_counter() - begun
    os.close(reader)
    os.waitpid(child, 0)
    return len(block) * times / seconds / 1e6


def ours(path: Path, hidden: list[bytes]) -> Callable[[int], None]:
    """Capture as the keeper does."""

    def work(reader: int) -> None:
        log = Log(path, limit=1 << 30, secrets=hidden)
        source = log.source()
        while data := os.read(reader, 65536):
            source.feed(data)
        source.finish()
        log.close()

    return work


def loop(path: Path) -> Callable[[int], None]:
    """Read 256 KiB, stamp each line as it comes."""

    def work(reader: int) -> None:
        rest = b""
        with path.open("wb") as log:
            while data := os.read(reader, 256 * 1024):
                lines = (rest + data).split(b"\n")
                rest = lines.pop()
                for line in lines:
                    now = datetime.datetime.now()
                    stamp = now.strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
                    log.write(stamp.encode() + b" [output] " + line + b"\n")
            if rest:
                now = datetime.datetime.now()
                stamp = now.strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
                log.write(stamp.encode() + b" [output] " + rest + b"\n")

    return work


def quick_loop(path: Path) -> Callable[[int], None]:
    """The same with one stamp for all that was read at once."""

    def work(reader: int) -> None:
        at_start = True
        with path.open("wb") as log:
            while data := os.read(reader, 256 * 1024):
                now = datetime.datetime.now()
                text = now.strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
                stamp = text.encode() + b" [output] "
                for line in data.splitlines(keepends=True):
                    if at_start:
                        log.write(stamp)
                    log.write(line)
                    at_start = line.endswith(b"\n")

    return work


def program(path: Path, *argv: str) -> Callable[[int], None]:
    """Let a program read the pipe and write the file."""

    def work(reader: int) -> None:
        with path.open("wb") as log:
            subprocess.run(argv, stdin=reader, stdout=log, check=True)

    return work


def rows() -> list[dict[str, Any]]:
    """Measure; see ``make bench``."""
    block, hidden = text(), secrets()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log")
        runners: dict[str, tuple[int, Callable[[int], None]]] = {
            "ours": (MEGABYTES, ours(path, [])),
            "ours, 5 secrets": (MEGABYTES, ours(path, hidden)),
            "loop, a stamp per line": (MEGABYTES, loop(path)),
            "loop, a stamp per read": (MEGABYTES, quick_loop(path)),
            "cat (no stamps)": (MEGABYTES, program(path, "cat")),
        }
        if shutil.which("ts"):
            stamps = program(path, "ts", "%Y-%m-%d %H:%M:%.S [output]")
            runners["ts"] = (MEGABYTES // 10, stamps)
        found: dict[str, list[float]] = {name: [] for name in runners}
        for _ in range(ROUNDS):
            for name, (times, work) in runners.items():
                path.unlink(missing_ok=True)
                found[name].append(timed(block, times, work))
    rates = {
        name: round(statistics.median(values), 1)
        for name, values in found.items()
    }
    plain = rates.pop("ours")
    redacted = rates.pop("ours, 5 secrets")
    fair = max(v for name, v in rates.items() if name.startswith("loop"))
    return [
        _row("log capture", plain, rates, 200, fair / 2),
        _row("log capture, 5 secrets", redacted, rates, 100, 0),
    ]


def _row(
    name: str, rate: float, rivals: dict[str, float], least: int, fair: float
) -> dict[str, Any]:
    reach = f">= {least} MB/s"
    if fair:
        reach += ", >= 0.5 of the loop"
    return {
        "name": name,
        "ours": rate,
        "unit": "MB/s",
        "rivals": dict(rivals),
        "reach": reach,
        "reached": rate >= max(least, fair),
        "better": "higher",
    }


if __name__ == "__main__":
    for row in rows():
        print(row)
