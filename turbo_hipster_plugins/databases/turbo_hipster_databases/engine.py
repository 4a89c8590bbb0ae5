"""The contract of an engine: a kind of database server.

Registered under the entry-point namespace ``turbo_hipster.database`` and
named in a job's ``engines``.  An engine knows its programs and their
settings; starting processes, cloning and sweeping are done around it by
``servers`` and ``snapshots``.
"""

from __future__ import annotations

import abc
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.model import Body, Measured, Release
from turbo_hipster_databases.schema.model import Schema

Run = Callable[[Sequence[str]], None]
"""Runs a program of the engine as the server's user, to its end.

Raises ServerFailed with the end of its output.
"""


LOG_TAIL = 4096
"""Characters of a server's log that an error shows at most."""


class Server(Protocol):
    """A private running instance of an engine; it serves one build."""

    context: TaskContext  # of the build that it serves
    engine: Engine
    release: Release
    technique: str  # how its data directory was made
    body: Body  # that directory, for a snapshot once it is over

    def url(self, scheme: str = "") -> str:
        """Return the SQLAlchemy URL, for one of the engine's ``drivers``."""

    def connect(self) -> Any:
        """Return a new DB-API connection in autocommit mode."""

    def data(self) -> Path:
        """Return its data directory, as seen from outside."""

    def alive(self) -> bool:
        """Say whether it still runs."""

    def log_tail(self, most: int = LOG_TAIL) -> str:
        """Return the end of its log, of so many characters at most."""

    def stop(self, *, clean: bool = False) -> None:
        """End it; ``clean`` shuts down so that the data can be kept."""


class Observer(Protocol):
    """Measures a step from outside, over connections of its own."""

    def begins(self) -> None:
        """Remember where the counters stand, start to sample."""

    def ends(self) -> Measured:
        """Return what happened since ``begins``."""

    def close(self) -> None:
        """Close its connections, end its thread."""


class Engine(abc.ABC):
    """A kind of database server."""

    name: ClassVar[str]
    title: ClassVar[str]
    drivers: ClassVar[Mapping[str, str]]
    """Importable modules a project may bring, best first, each with the
    scheme of its SQLAlchemy URL."""
    fallback: ClassVar[str]
    """The requirement that brings the first driver, if it has none."""
    accounts: ClassVar[Sequence[str]] = ()
    """Whom its servers run as when we are root, the first that exists; else
    ``nobody``."""
    closing_signal: ClassVar[signal.Signals] = signal.SIGTERM
    """Has a server shut down cleanly, whoever is connected."""
    killing_signal: ClassVar[signal.Signals] = signal.SIGKILL
    """Ends a server at once, with its children and what the kernel keeps."""

    @abc.abstractmethod
    def releases(self) -> Sequence[Release]:
        """Return the installed releases, newest first."""

    @abc.abstractmethod
    def advice(self) -> str:
        """Say what to install: the Debian package, the extra."""

    @abc.abstractmethod
    def initialise(self, release: Release, folder: Path, run: Run) -> None:
        """Make an empty data directory in the empty ``folder``."""

    @abc.abstractmethod
    def argv(
        self, release: Release, data: Path, socket_dir: Path, memory: int
    ) -> Sequence[str]:
        """Return the command of a server on ``data``; nothing: it has none.

        It listens on a unix socket in ``socket_dir`` alone and is set up for
        data that is thrown away.  ``memory`` is the size of its cache in
        bytes.
        """

    @abc.abstractmethod
    def url(self, data: Path, socket_dir: Path, scheme: str = "") -> str:
        """Return the SQLAlchemy URL of its one database."""

    @abc.abstractmethod
    def connect(self, data: Path, socket_dir: Path) -> Any:
        """Return a DB-API connection in autocommit mode, or raise OSError."""

    def is_closed(self, data: Path) -> bool:
        """Say whether its server left ``data`` as a clean shutdown does.

        Of an overlay it is the upper layer: what the server wrote is there.
        """
        return data.is_dir()

    @abc.abstractmethod
    def load(self, server: Server, seed: Path) -> None:
        """Load a seed into the empty database; raises SeedRefused."""

    @abc.abstractmethod
    def observer(self, server: Server) -> Observer:
        """Return an observer of this server."""

    @abc.abstractmethod
    def schema(self, server: Server) -> Schema:
        """Read the schema of its database."""
