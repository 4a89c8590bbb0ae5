"""SQL is streamed into an engine's own client program.

The stream comes through a named pipe, so that nothing is unpacked onto the
disk, and the program is a command of the build like any other.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from turbo_hipster.task import Exit, Running, TaskContext
from turbo_hipster_databases import home
from turbo_hipster_databases.exceptions import SeedRefused, ServerMissing
from turbo_hipster_databases.model import Release

PIPE = 2**20
"""Bytes that may wait in the pipe, so that neither side waits for long."""
READ_IT = 'exec "$@" < "$0"'
BREATH = 0.002
"""Seconds between two looks for the program's end of the pipe."""


def program(release: Release, names: Sequence[str], package: str) -> str:
    """Return the path of the first of ``names`` that is installed.

    It is looked for beside the server's program, then in the PATH.
    """
    folders = [
        release.programs,
        release.programs.parent / "bin",
        *map(Path, os.environ.get("PATH", os.defpath).split(os.pathsep)),
    ]
    for folder in folders:
        for name in names:
            if os.access(folder / name, os.X_OK):
                return str(folder / name)
    raise ServerMissing(
        f"there is no {names[0]}, which loads seeds into {release}; install "
        f"the Debian package {package}"
    )


def feed(
    context: TaskContext,
    argv: Sequence[str],
    pieces: Iterable[bytes],
    env: Mapping[str, str] | None = None,
) -> Exit:
    """Run ``argv`` with the pieces as its standard input, to its end.

    A program that ends before it has read all ends the stream; its exit
    says why.  ``env`` is added to the build's environment.
    """
    with _pipe(home.room(context)) as pipe:
        running = context.start(
            ["/bin/sh", "-c", READ_IT, str(pipe), *argv],
            env={**os.environ, **(env or {})},
        )
        try:
            ended = _stream(running, pipe, pieces) or running.wait()
        finally:
            stopped = running.stop()
        return ended or stopped


@contextlib.contextmanager
def _pipe(room: Path) -> Iterator[Path]:
    pipe = room / "seed"
    os.mkfifo(pipe, 0o600)
    try:
        yield pipe
    finally:
        pipe.unlink()
        room.rmdir()


def _stream(
    running: Running, pipe: Path, pieces: Iterable[bytes]
) -> Exit | None:
    """Write the pieces; returns how the program ended, if it ended early."""
    writing = None
    while writing is None:
        writing = _open(pipe)
        if writing is None:
            ended = running.wait(BREATH)
            if ended:
                return ended
    try:
        with contextlib.suppress(OSError):  # a limit of the system's
            fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE)
        os.set_blocking(writing, True)
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                rest = rest[os.write(writing, rest) :]
    except BrokenPipeError:
        return running.wait()
    finally:
        os.close(writing)
    return None


def _open(pipe: Path) -> int | None:
    """Open the pipe if the program has; opening would else wait for ever."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        return None


def judge(seed: Path, ended: Exit) -> None:
    """Raise SeedRefused with what the client said, if it failed."""
    if ended.status:
        lines = [line for line in ended.tail.splitlines() if line.strip()]
        said = "\n".join(lines[-5:]) or f"it ended with {ended.status}"
        raise SeedRefused(f"the seed {seed} cannot be loaded: {said}")
