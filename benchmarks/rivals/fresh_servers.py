"""A fresh empty server as everybody starts one: install, start, kill.

As root it runs as the unprivileged account that ours uses too.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pymysql

from benchmarks import servers
from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.model import Release
from turbo_hipster_databases.servers.accounts import account

NAMES = {
    "mariadb": "mariadb-install-db and start",
    "postgresql": "initdb --no-sync and start",
}


def seconds(engine: Engine, release: Release, place: Path) -> float:
    """Return how long one takes to be ready and gone again.

    Its account must be able to enter the folder ``place``.
    """
    folder = Path(tempfile.mkdtemp(prefix="fresh-", dir=place))
    who = identity(engine)
    if who:
        os.chown(folder, who["user"], who["group"])
    began = time.perf_counter()
    try:
        with {"mariadb": mariadb, "postgresql": postgresql}[engine.name](
            release, folder, who
        ) as connect:
            first_answer(connect)
    finally:
        shutil.rmtree(folder)
    return time.perf_counter() - began


def identity(engine: Engine) -> dict[str, Any]:
    """Return what has Popen run a program as the server's account."""
    name = account(engine)
    if not name:
        return {}
    entry = pwd.getpwnam(name)
    return {
        "user": entry.pw_uid,
        "group": entry.pw_gid,
        "extra_groups": [],
    }


def first_answer(connect: Callable[[], Any]) -> None:
    """Wait for the answer to a first query, as impatiently as we do."""
    deadline = time.monotonic() + 60
    while True:
        try:
            connection = connect()
            break
        except (OSError, pymysql.Error, psycopg.Error):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.003)
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        cursor.fetchall()
    finally:
        connection.close()


@contextlib.contextmanager
def mariadb(
    release: Release, folder: Path, who: Mapping[str, Any]
) -> Iterator[Callable[[], Any]]:
    """Install and start a MariaDB on a socket."""
    data, socket = folder / "data", folder / "socket"
    install(
        [
            servers.find_program("mariadb-install-db"),
            "--no-defaults",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
        ],
        folder,
        who,
    )
    argv = [str(release.programs / "mariadbd"), "--no-defaults"]
    argv += [f"--datadir={data}", f"--socket={socket}", "--skip-networking"]
    argv += [f"--pid-file={folder / 'pid'}", "--skip-log-bin"]
    with started(argv, folder, who, signal.SIGKILL):
        yield lambda: pymysql.connect(unix_socket=str(socket), user="root")


@contextlib.contextmanager
def postgresql(
    release: Release, folder: Path, who: Mapping[str, Any]
) -> Iterator[Callable[[], Any]]:
    """Install and start a PostgreSQL on a socket."""
    data = folder / "data"
    argv = [str(release.programs / "initdb"), f"--pgdata={data}", "--no-sync"]
    argv += ["--username=turbo", "--auth=trust", "--encoding=UTF8"]
    install(argv, folder, who)
    argv = [str(release.programs / "postgres"), "-D", str(data)]
    argv += ["-c", "listen_addresses=", "-c", "fsync=off"]
    argv += ["-c", f"unix_socket_directories={folder}"]
    with started(argv, folder, who, signal.SIGQUIT):
        yield lambda: psycopg.connect(
            host=str(folder), user="turbo", dbname="postgres"
        )


def environment(folder: Path) -> dict[str, str]:
    """Return variables that name only folders the account may enter."""
    return {**os.environ, "HOME": str(folder), "TMPDIR": str(folder)}


def install(argv: list[str], folder: Path, who: Mapping[str, Any]) -> None:
    """Run a program that makes a data directory."""
    done = subprocess.run(
        argv,
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        **who,
    )
    if done.returncode:
        raise RuntimeError(f"{argv[0]} failed: {done.stderr or done.stdout}")


@contextlib.contextmanager
def started(
    argv: list[str], folder: Path, who: Mapping[str, Any], ending: int
) -> Iterator[None]:
    """Run a server for a while; ``ending`` is the signal that ends it."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            argv,
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **who,
        )
    try:
        yield
    except BaseException:
        print((folder / "log").read_text(errors="replace")[-3000:])
        raise
    finally:
        process.send_signal(ending)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
