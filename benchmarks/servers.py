"""Private servers for a run: on loopback or a Unix socket, ended by us."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import measure


class NoServer(Exception):
    """A server that the run needs is not installed."""


def find_program(name: str) -> str:
    """Return the path of a server program, also from ``/usr/sbin``."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if path is None:
        raise NoServer(f"{name} is not installed; try: make system")
    return path


def free_port() -> int:
    """Return a port of the loopback address that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def answers(port: int) -> bool:
    """Return whether somebody listens on ``port``."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def running(argv: list[str], log: Path, **options) -> Iterator[int]:
    """Run a program for a while; its session ends with it."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **options,
        )
    try:
        yield process.pid
        if process.poll() not in (None, 0):
            raise RuntimeError(f"{argv[0]} ended early")
    except BaseException:
        print(f"the end of {log.name}:", file=sys.stderr)
        print(log.read_text(errors="replace")[-3000:], file=sys.stderr)
        raise
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def gearmand(folder: Path) -> Iterator[int]:
    """Run a gearmand; yields its port."""
    port = free_port()
    argv = [find_program("gearmand"), "--listen=127.0.0.1"]
    argv += [f"--port={port}", "--log-file=stderr", "--threads=2"]
    with running(argv, folder / "gearmand.log", cwd=folder):
        measure.wait_until(lambda: answers(port), "gearmand listens")
        yield port


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[Path]:
    """Run a redis that keeps nothing on disk; yields its Unix socket."""
    path = folder / "redis.sock"
    argv = [find_program("redis-server"), "--port", "0"]
    argv += ["--unixsocket", str(path), "--save", "", "--appendonly", "no"]
    with running(argv, folder / "redis.log", cwd=folder):
        measure.wait_until(path.exists, "redis listens")
        yield path
